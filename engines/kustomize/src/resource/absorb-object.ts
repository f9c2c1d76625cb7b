import { Buffer } from "node:buffer";
import { compareText } from "@eddy/core/json";
import type { Node } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { addConfigMapData, addSecretData } from "../generators/data.ts";
import { clearField, cloneNode, field, isMissingOrNull, textOf } from "../node/fields.ts";
import { lookup } from "../node/lookup.ts";
import { setField, stringScalar } from "../node/set-field.ts";
import { formatId } from "../resid/res-id.ts";
import { originAnnotation } from "./build-annotations.ts";
import type { BuildObject } from "./build-object.ts";
import { setMetadataMap, setName, setNamespace } from "./metadata.ts";
import type { ObjectSet } from "./object-set.ts";

/**
 * Adds a generated object, or lets it merge with or replace the one of its id, as its behavior says.
 * @throws KustomizeError where behavior and what is there do not fit
 */
export function absorbObject(set: ObjectSet, object: BuildObject): void {
  const id = object.currentId();
  const found = set.withAnyId(id);
  const [old] = found;
  const position = { position: { file: object.origin, field: "behavior" } };
  if (old === undefined) {
    if (object.behavior === "merge" || object.behavior === "replace") {
      throw new KustomizeError(`id ${formatId(id)} does not exist; cannot merge or replace`, position);
    }
    set.append(object);
    return;
  }
  if (found.length > 1) {
    throw new KustomizeError(`found multiple objects that could accept merge of ${formatId(id)}`, position);
  }
  if (object.behavior === "replace") takeMetadata(object, old);
  else if (object.behavior === "merge") mergeGenerated(object, old);
  else {
    const message = `id ${formatId(id)} exists; can not use behavior: '${object.behavior}', behavior must be merge or replace`;
    throw new KustomizeError(message, position);
  }
  set.replace(old, object);
}

function mergeGenerated(object: BuildObject, old: BuildObject): void {
  const origin = old.annotations().get(originAnnotation);
  const data = object.kind === "Secret" && object.apiVersion === "v1" ? withEncodedStrings(old.live) : old.live;
  takeMetadata(object, old);
  mergeData(object.live, data, "data");
  mergeData(object.live, old.live, "binaryData");
  if (origin === undefined) return;
  setMetadataMap(object.live, "annotations", object.annotations().set(originAnnotation, origin));
}

/** Labels and annotations of both, the new ones winning; name, namespace and past of the old one. */
function takeMetadata(object: BuildObject, old: BuildObject): void {
  const node = object.live;
  setMetadataMap(node, "labels", new Map([...old.labels(), ...object.labels()]));
  setMetadataMap(node, "annotations", new Map([...old.annotations(), ...object.annotations()]));
  setName(node, old.name);
  setNamespace(node, old.namespace);
  object.previous = old.previous;
  object.prefixes = old.prefixes;
  object.suffixes = old.suffixes;
  object.behavior = old.behavior;
  object.needsHash = object.needsHash && old.needsHash;
  object.allowNameChange = old.allowNameChange;
  object.allowKindChange = old.allowKindChange;
  object.varNames = old.varNames;
}

function dataOf(node: Node, name: string): Map<string, string> {
  const { content = [], kind } = field(node, name) ?? {};
  const result = new Map<string, string>();
  if (kind !== "mapping") return result;
  for (let index = 0; index + 1 < content.length; index += 2)
    result.set(content[index]?.value ?? "", textOf(content[index + 1]));
  return result;
}

function mergeData(node: Node, old: Node, name: "data" | "binaryData"): void {
  const merged = new Map([...dataOf(old, name), ...dataOf(node, name)]);
  clearField(node, name);
  if (merged.size === 0) return;
  if (name === "data") {
    addConfigMapData(node, new Map([...merged].map(([key, value]) => [key, Buffer.from(value)])));
    return;
  }
  const mapping = lookup(node, [name], "mapping");
  if (mapping === undefined) return;
  for (const key of [...merged.keys()].sort(compareText)) setField(mapping, key, stringScalar(merged.get(key) ?? ""));
}

/** A Secret whose `stringData` has moved to `data`. @throws KustomizeError for values that are no scalars */
function withEncodedStrings(secret: Node): Node {
  const copy = cloneNode(secret);
  const strings = field(copy, "stringData");
  if (strings !== undefined && !isMissingOrNull(strings)) {
    const pairs = new Map<string, Buffer>();
    for (let index = 0; index + 1 < strings.content.length; index += 2) {
      const value = strings.content[index + 1];
      const key = strings.content[index]?.value ?? "";
      if (value?.kind !== "scalar") {
        throw new KustomizeError(`stringData value for key "${key}" must be a scalar`, {
          position: { field: `stringData.${key}` },
        });
      }
      pairs.set(key, Buffer.from(textOf(value)));
    }
    addSecretData(copy, pairs);
  }
  clearField(copy, "stringData");
  return copy;
}
