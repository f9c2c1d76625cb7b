import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import { missingMergeKey, patchDirective, unknownDirective } from "./directives.ts";
import { identityOf, orderItems } from "./list-order.ts";
import type { FieldMeta, PatchSchema } from "./patch-meta.ts";

/** Merges one item into another; given by the map merge, which lists know nothing of. */
export type MergeItem = (original: JsonObject, patch: JsonObject, schema: PatchSchema) => Json;

/** The items of a list that a patch takes away by value (`$deleteFromPrimitiveList`). */
export function deleteFromList(original: readonly Json[], remove: readonly Json[]): Json[] {
  elementKind([...original, ...remove]);
  const gone = new Set(remove);
  return original.filter((item) => !gone.has(item));
}

/** A merged list, and the server's order as whoever orders the list once more (`$setElementOrder`) sees it. */
export interface MergedList {
  items: Json[];
  serverOrder: readonly Json[];
}

/**
 * A list patched by its strategy: replaced, or merged by value or by merge key.
 * @throws MergeError 422 for lists of lists, 500 for items of several kinds or without their merge key.
 */
export function mergeLists(
  original: readonly Json[],
  patch: readonly Json[],
  meta: FieldMeta,
  mergeItem: MergeItem,
): MergedList {
  if (meta.strategy !== "merge") return { items: [...patch], serverOrder: original };
  if (original.length === 0 && patch.length === 0) return { items: [], serverOrder: original };
  if (elementKind([...original, ...patch]) !== "map") {
    const items = orderItems([...new Set([...original, ...patch])], patch, original, meta.mergeKey);
    return { items, serverOrder: original };
  }
  if (meta.mergeKey === "") throw new MergeError(500, `cannot merge lists without merge key for ${meta.schema.name}`);
  const special = applySpecialItems(original as JsonObject[], patch as JsonObject[], meta.mergeKey);
  const merged = mergeItems(special.original, special.patch, meta, mergeItem);
  const items = orderItems(merged, special.patch, special.original, meta.mergeKey);
  return { items, serverOrder: overwrite(special.remains, merged) };
}

/**
 * The original deletes and appends in place, so that after a `$patch: delete` the server's order holds appended items where
 * deleted ones left room: that decides where kubectl's additions go, and is copied here.
 */
function overwrite(remains: readonly Json[], merged: readonly Json[]): Json[] {
  return remains.map((item, place) => merged[place] ?? item);
}

function kindOf(value: Json): string {
  if (value === null) throw new MergeError(500, "merge lists: null items are not supported");
  if (Array.isArray(value)) throw new MergeError(422, "lists of lists are not supported");
  if (typeof value === "object") return "map";
  return typeof value === "number" && !Number.isInteger(value) ? "float" : typeof value;
}

/** The one kind that all items have. */
export function elementKind(items: readonly Json[]): string | undefined {
  let kind: string | undefined;
  for (const item of items) {
    const next = kindOf(item);
    if (kind !== undefined && next !== kind) {
      throw new MergeError(500, `list element types are not identical: ${JSON.stringify(items)}`);
    }
    kind = next;
  }
  return kind;
}

interface Special {
  original: JsonObject[];
  /** As long as the original list was: what is kept, then what in-place deletion leaves behind. */
  remains: JsonObject[];
  /** The patch without directives. */
  patch: JsonObject[];
}

/** Carries out `$patch: delete` and `$patch: replace` items. */
function applySpecialItems(original: readonly JsonObject[], patch: readonly JsonObject[], mergeKey: string): Special {
  const plain: JsonObject[] = [];
  const remains = [...original];
  let kept = [...original];
  let replaces = false;
  for (const item of patch) {
    const directive = item[patchDirective];
    if (directive === undefined) plain.push(item);
    else if (directive === "replace") replaces = true;
    else if (directive === "delete") kept = deleteMatching(kept, remains, item, mergeKey);
    else if (directive === "merge") throw new MergeError(500, "merging lists cannot yet be specified in the patch");
    else throw unknownDirective(directive, item);
  }
  return replaces ? { original: plain, remains, patch: [] } : { original: kept, remains, patch: plain };
}

function deleteMatching(kept: JsonObject[], remains: JsonObject[], item: JsonObject, mergeKey: string): JsonObject[] {
  const gone = item[mergeKey];
  if (gone === undefined) throw missingMergeKey(item, mergeKey);
  let left = kept;
  for (let place = left.findIndex((other) => other[mergeKey] === gone); place >= 0;) {
    left = left.toSpliced(place, 1);
    for (const [index, other] of left.entries()) remains[index] = other;
    place = left.findIndex((other) => other[mergeKey] === gone);
  }
  return left;
}

function mergeItems(
  original: readonly JsonObject[],
  patch: readonly JsonObject[],
  meta: FieldMeta,
  mergeItem: MergeItem,
): Json[] {
  const result: Json[] = [...original];
  const places = new Map<Json | undefined, number>();
  for (const [place, item] of result.entries()) {
    const identity = identityOf(item, meta.mergeKey);
    if (identity !== undefined && !places.has(identity)) places.set(identity, place);
  }
  for (const item of patch) {
    const identity = item[meta.mergeKey];
    if (identity === undefined) throw missingMergeKey(item, meta.mergeKey);
    const place = places.get(identity);
    const current = place === undefined ? undefined : result[place];
    if (place !== undefined && isObject(current)) result[place] = mergeItem(current, item, meta.schema);
    else {
      places.set(identity, result.length);
      result.push(item);
    }
  }
  return result;
}
