import type { Node } from "@eddy/goyaml";
import { compareText } from "@eddy/core/json";
import { clearField, field, isNilOrEmpty, plainScalar } from "../node/fields.ts";
import { lookup } from "../node/lookup.ts";
import { setField, setFields, stringScalar } from "../node/set-field.ts";

/** `labels` or `annotations` of an object's metadata. */
export type MetadataMap = "labels" | "annotations";

function metadataOf(object: Node): Node | undefined {
  const metadata = field(object, "metadata");
  return isNilOrEmpty(metadata) ? undefined : metadata;
}

/** The text of a field of metadata, "" where there is none. */
export function metadataText(object: Node, name: string): string {
  const value = field(metadataOf(object), name);
  return value === undefined || isNilOrEmpty(value) ? "" : value.value;
}

/** Labels or annotations by key; every value is the text that was written, also of numbers and null. */
export function metadataMap(object: Node, name: MetadataMap): Map<string, string> {
  const result = new Map<string, string>();
  const { content = [] } = field(metadataOf(object), name) ?? {};
  for (let index = 0; index + 1 < content.length; index += 2) {
    result.set(content[index]?.value ?? "", content[index + 1]?.value ?? "");
  }
  return result;
}

/** Replaces labels or annotations by string nodes in the order of their keys; an empty map removes the field. */
export function setMetadataMap(object: Node, name: MetadataMap, values: ReadonlyMap<string, string>): void {
  const metadata = lookup(object, ["metadata"], "mapping");
  if (metadata === undefined) return;
  clearField(metadata, name);
  if (values.size === 0) return;
  const mapping = lookup(metadata, [name], "mapping");
  if (mapping === undefined) return;
  const keys = [...values.keys()].sort(compareText);
  setFields(
    mapping,
    keys.map((key) => [key, stringScalar(values.get(key) ?? "")]),
  );
}

/** Sets `metadata.name`, keeping the style of the one that is there. */
export function setName(object: Node, name: string): void {
  const metadata = lookup(object, ["metadata"], "mapping");
  if (metadata !== undefined) setField(metadata, "name", plainScalar(name));
}

/** Sets `metadata.namespace`, or removes it where the text is empty. */
export function setNamespace(object: Node, namespace: string): void {
  if (namespace !== "") {
    const metadata = lookup(object, ["metadata"], "mapping");
    if (metadata !== undefined) setField(metadata, "namespace", plainScalar(namespace));
    return;
  }
  const metadata = field(object, "metadata");
  if (metadata?.kind === "mapping") clearField(metadata, "namespace");
}
