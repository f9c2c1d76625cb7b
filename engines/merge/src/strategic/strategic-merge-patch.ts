import { isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import { goTypeOf } from "../typed/go-format.ts";
import type { ResolveRef } from "../typed/merge-type-of.ts";
import {
  deleteFromListPrefix,
  patchDirective,
  retainKeys,
  retainKeysDirective,
  setOrderPrefix,
  unknownDirective,
  withoutDirectives,
  withoutNullMembers,
} from "./directives.ts";
import { checkOrder, orderItems } from "./list-order.ts";
import { deleteFromList, elementKind, mergeLists, type MergedList } from "./merge-lists.ts";
import { fieldMetaOf, listMetaOf, type FieldMeta, type PatchSchema } from "./patch-meta.ts";

const maxDepth = 512;

/**
 * Applies a strategic merge patch with the patch strategies and merge keys of an OpenAPI schema, and the directives `$patch`,
 * `$retainKeys`, `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>`. Nulls delete. Neither input is changed.
 * @throws MergeError with the API server's status and words: 400 for malformed directives, 422 for lists of lists, 500 for fields
 * that the schema does not have and items without merge key. Source: apimachinery `strategicpatch`, v0.36.
 */
export function applyStrategicMergePatch(
  document: JsonObject,
  patch: JsonObject,
  schema: JsonObject,
  resolveRef: ResolveRef,
): JsonObject {
  const name = typeof document.kind === "string" ? document.kind : "";
  return mergeMaps(document, patch, { schema, resolveRef, name }, 0);
}

function mergeMaps(original: JsonObject, patch: JsonObject, schema: PatchSchema, depth: number): JsonObject {
  if (depth > maxDepth) throw new MergeError(400, `strategic merge patch: nested deeper than ${maxDepth} levels`);
  const directive = patch[patchDirective];
  if (directive !== undefined) return mergeByDirective(directive, patch);
  const result: JsonObject = { ...retainKeys(original, patch) };
  const done = applyElementOrders(result, patch, schema, depth);
  for (const key in patch) {
    const value = patch[key];
    if (value === undefined || key === retainKeysDirective || key.startsWith(setOrderPrefix) || done.has(key)) continue;
    if (key.startsWith(deleteFromListPrefix))
      deleteMembers(result, key.slice(deleteFromListPrefix.length), value, schema, depth);
    else mergeMember(result, key, value, schema, depth);
  }
  return result;
}

function mergeByDirective(directive: Json, patch: JsonObject): JsonObject {
  const { [patchDirective]: _directive, ...rest } = patch;
  if (directive === "replace") return rest;
  if (directive === "delete") return {};
  throw unknownDirective(directive, patch);
}

function mergeMember(result: JsonObject, key: string, value: Json, schema: PatchSchema, depth: number): void {
  if (value === null) {
    delete result[key];
    return;
  }
  const current = memberOf(result, key);
  if (isObject(current) && isObject(value)) {
    const meta = fieldMetaOf(schema, key);
    setMember(result, key, meta.strategy === "replace" ? value : mergeMaps(current, value, meta.schema, depth + 1));
  } else if (Array.isArray(current) && Array.isArray(value)) {
    setMember(result, key, mergeListMember(current, value, listMetaOf(schema, key), depth).items);
  } else takeOver(result, key, value);
}

/** Sets what the document has not, or has as something else. */
function takeOver(result: JsonObject, key: string, value: Json): void {
  const kept = withoutDirectives(withoutNullMembers(value));
  if (kept === undefined) delete result[key];
  else setMember(result, key, kept);
}

function mergeListMember(current: readonly Json[], value: readonly Json[], meta: FieldMeta, depth: number): MergedList {
  return mergeLists(current, value, meta, (item, patch, schema) => mergeMaps(item, patch, schema, depth + 1));
}

function deleteMembers(result: JsonObject, key: string, value: Json, schema: PatchSchema, depth: number): void {
  if (value === null) delete result[key];
  const current = result[key];
  if (!Array.isArray(current) || !Array.isArray(value)) return;
  const meta = listMetaOf(schema, key);
  // Lists of objects cannot be deleted from this way; the original merges them instead.
  if (elementKind([...current, ...value]) !== "map") result[key] = deleteFromList(current, value);
  else result[key] = mergeListMember(current, value, { ...meta, strategy: "merge" }, depth).items;
}

/** Carries out each `$setElementOrder/<list>` together with the patch of that list; returns the lists that are done. */
function applyElementOrders(result: JsonObject, patch: JsonObject, schema: PatchSchema, depth: number): Set<string> {
  const done = new Set<string>();
  for (const directive in patch) {
    if (!directive.startsWith(setOrderPrefix)) continue;
    const key = directive.slice(setOrderPrefix.length);
    const order = asList(patch[directive]);
    const current = Object.hasOwn(result, key) ? asList(result[key]) : undefined;
    const wanted = Object.hasOwn(patch, key) ? asList(patch[key]) : undefined;
    const meta = listMetaOf(schema, key);
    checkOrder(wanted ?? [], order, meta.mergeKey);
    const merged = mergeOrdered(current, wanted, meta, depth);
    if (merged === undefined) continue;
    if (elementKind([...(current ?? []), ...(wanted ?? [])]) === undefined) {
      throw new MergeError(500, "no elements in any of the given slices");
    }
    result[key] = orderItems(merged.items, order, merged.serverOrder, meta.mergeKey);
    done.add(key);
  }
  return done;
}

function mergeOrdered(
  current: Json[] | undefined,
  wanted: Json[] | undefined,
  meta: FieldMeta,
  depth: number,
): MergedList | undefined {
  if (current !== undefined && wanted !== undefined) return mergeListMember(current, wanted, meta, depth);
  if (current !== undefined) return { items: current, serverOrder: current };
  return wanted === undefined ? undefined : { items: withoutDirectives(wanted) as Json[], serverOrder: [] };
}

function asList(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  throw new MergeError(500, `expected a []interface {}, but received a ${goTypeOf(value ?? null)}`);
}
