import { isObject, type JsonObject } from "@eddy/core/json";
import type { Node } from "@eddy/goyaml";
import { type BuildBudget, sizeOfNode } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { mergePatch } from "../merge/strategic-merge.ts";
import type { PatchEntry, Selector } from "../model/kustomization.ts";
import { field, isNilOrEmpty, isNull, plainScalar, textOf } from "../node/fields.ts";
import { nodeOfJson } from "../node/json.ts";
import { setField } from "../node/set-field.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../patch/json-patch.ts";
import { formatId } from "../resid/res-id.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { metadataMap, setMetadataMap, setName, setNamespace } from "../resource/metadata.ts";
import type { ObjectSet } from "../resource/object-set.ts";
import { selectObjects } from "../resource/select.ts";
import { closestObjects } from "./closest-objects.ts";
import type { Transformer } from "./transformer.ts";

/** Patches that are read: strategic merges, or the operations of one JSON patch. */
export interface ReadPatch {
  merges?: readonly BuildObject[];
  operations?: readonly JsonPatchOperation[];
  target?: Selector;
  /** Says where the patch stands, for messages. */
  source: string;
  file: string;
}

/** Runs one entry of `patches`. */
export function applyPatchEntry(patch: ReadPatch): Transformer {
  return (set) => {
    if (patch.operations !== undefined) patchSelected(set, patch, patch.operations);
    else if (patch.target !== undefined) mergeIntoSelected(set, patch, patch.target);
    else for (const merge of patch.merges ?? []) mergeIntoNamed(set, merge);
  };
}

function mergeIntoNamed(set: ObjectSet, patch: BuildObject): void {
  const target = findTarget(set, patch, "no resource matches strategic merge patch");
  mergeInto(target, patch, set.budget);
  if (patch.allowNameChange || patch.allowKindChange || target.node === undefined) set.changed();
}

function findTarget(set: ObjectSet, patch: BuildObject, what: string): BuildObject {
  const id = patch.originalId();
  const found = set.withAnyId(id);
  const [target] = found;
  if (target !== undefined && found.length === 1) return target;
  const text = formatId(id);
  const reason = found.length > 1 ? `multiple matches for Id ${text}` : `no matches for Id ${text}`;
  throw new KustomizeError(`${what} "${text}": ${reason}; failed to find unique target for patch ${text}`, {
    position: { file: patch.origin, ...(patch.live.line > 0 ? { line: patch.live.line } : {}), field: "patches" },
    hint: closestObjects(set, id),
  });
}

/** Merges a patch into an object: its name and kind stay unless the patch may change them, its namespace always. */
export function mergeInto(object: BuildObject, patch: BuildObject, budget: BuildBudget): void {
  const { name, namespace, kind } = object;
  if (patch.allowNameChange || patch.allowKindChange) object.storePreviousId();
  if (removesAnnotations(patch.live)) object.forgetPast();
  if (!mergePatch(object.live, patch.live, object.schema, budget)) {
    object.node = undefined;
    return;
  }
  if (isNilOrEmpty(object.node)) return;
  if (!patch.allowKindChange) setField(object.live, "kind", plainScalar(kind));
  if (!patch.allowNameChange) setName(object.live, name);
  setNamespace(object.live, namespace);
}

/** Whether a patch takes away all annotations, and with them what upstream keeps there. */
function removesAnnotations(patch: Node): boolean {
  const metadata = field(patch, "metadata");
  const annotations = field(metadata, "annotations");
  return (
    isNull(annotations) ||
    [metadata, annotations].some((node) => /^(?:replace|delete)$/.test(textOf(field(node, "$patch"))))
  );
}

function mergeIntoSelected(set: ObjectSet, { merges = [], source, file }: ReadPatch, target: Selector): void {
  const [patch] = merges;
  if (merges.length > 1) {
    throw new KustomizeError(
      `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`,
      { position: { file, field: "patches" } },
    );
  }
  if (patch !== undefined) mergeIntoAll(set, selectObjects(set, target), patch);
}

/** Merges copies of one patch into objects; its labels and annotations become strings before that, as upstream copies them. */
export function mergeIntoAll(set: ObjectSet, objects: readonly BuildObject[], patch: BuildObject): void {
  const size = sizeOfNode(patch.live);
  for (const object of objects) {
    if (isNilOrEmpty(object.node)) continue;
    set.budget.write(size);
    const copy = patch.clone();
    const node = copy.live;
    setMetadataMap(node, "labels", metadataMap(node, "labels"));
    setMetadataMap(node, "annotations", metadataMap(node, "annotations"));
    setName(node, patch.name);
    setNamespace(node, patch.namespace);
    setField(node, "kind", plainScalar(object.kind));
    setField(node, "apiVersion", plainScalar(object.apiVersion));
    setField(node, "kind", plainScalar(patch.kind));
    mergeInto(object, copy, set.budget);
  }
  const left = set.objects.filter(({ node }) => !isNilOrEmpty(node));
  const renames = patch.allowNameChange || patch.allowKindChange;
  if (renames || left.length !== set.objects.length) set.reset(left);
}

/** Runs `patchesStrategicMerge`: each patch goes to the one object that it names. */
export function mergeNamedPatches(patches: readonly BuildObject[]): Transformer {
  return (set) => {
    for (const patch of patches)
      mergeIntoAll(set, [findTarget(set, patch, "no resource matches strategic merge patch")], patch);
  };
}

function patchSelected(set: ObjectSet, patch: ReadPatch, operations: readonly JsonPatchOperation[]): void {
  if (patch.target === undefined) {
    throw new KustomizeError(`must specify a target for JSON patch ${patch.source}`, {
      position: { file: patch.file, field: "patches.target" },
    });
  }
  for (const object of selectObjects(set, patch.target)) {
    object.storePreviousId();
    patchWithJson(object, operations, patch.file, set.budget);
  }
  set.changed();
}

/** Applies a JSON patch to an object. @throws KustomizeError naming the object */
export function patchWithJson(
  object: BuildObject,
  operations: readonly JsonPatchOperation[],
  file: string,
  budget: BuildBudget,
): void {
  try {
    budget.step(sizeOfNode(object.live));
    const json = object.toJson();
    if (object.previous.length > 0 && isObject(json)) ensureAnnotations(json);
    const patched = isObject(json) ? applyJsonPatch(json, operations, budget) : json;
    if (!isObject(patched)) throw new KustomizeError("the JSON patch leaves no object");
    const node: Node = nodeOfJson(patched);
    setMetadataMap(node, "annotations", metadataMap(node, "annotations"));
    object.node = node;
  } catch (cause) {
    if (!(cause instanceof KustomizeError)) throw cause;
    throw new KustomizeError(`apply the JSON patch of "${file}" to ${formatId(object.currentId())}: ${cause.message}`, {
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      position: { ...cause.position, file },
      cause,
    });
  }
}

/** Upstream keeps an object's past in its annotations, so an object that has one has annotations to add to. */
function ensureAnnotations(object: JsonObject): void {
  const { metadata } = object;
  if (isObject(metadata)) metadata["annotations"] ??= {};
}

/** Runs one entry of `patchesJson6902`. */
export function patchJson6902(target: Selector, operations: readonly JsonPatchOperation[], file: string): Transformer {
  return (set) => {
    for (const object of selectObjects(set, target)) patchWithJson(object, operations, file, set.budget);
    set.changed();
  };
}

/** Marks strategic merges with an entry's options. Upstream notes them in annotations, all of which become strings by that. */
export function allowChanges(merges: readonly BuildObject[], options: PatchEntry["options"]): void {
  for (const merge of merges) {
    if (options?.allowNameChange) merge.allowNameChange = true;
    if (options?.allowKindChange) merge.allowKindChange = true;
    if (merge.allowNameChange || merge.allowKindChange) setMetadataMap(merge.live, "annotations", merge.annotations());
  }
}
