import { deepEqual, isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import { insertPath, subtractSubtrees, type FieldSet, type MutableSet } from "../fields/field-set.ts";
import { validItemKey } from "./list-key.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryType, shapeOf, type Shape } from "./shape.ts";

/** What differs between two values of one type. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

interface Walk {
  path: string[];
  added: MutableSet;
  modified: MutableSet;
  removed: MutableSet;
}

/**
 * Compares field by field. What is wholly added or removed is a member itself as well as its children; an item that stands
 * twice in an associative list is one atomic member. Both values must fit the type (duplicates allowed).
 * Source: structured-merge-diff v6 `typed/compare.go`.
 */
export function compareValues(type: MergeType, before: Json | undefined, after: Json | undefined): Comparison {
  const walk: Walk = { path: [], added: new Map(), modified: new Map(), removed: new Map() };
  visit(walk, type, before, after);
  return { added: walk.added, modified: walk.modified, removed: walk.removed };
}

/** The comparison without these fields and what is below them. */
export function excludeFields(comparison: Comparison, fields: FieldSet | undefined): Comparison {
  if (fields === undefined || fields.size === 0) return comparison;
  return {
    added: subtractSubtrees(comparison.added, fields),
    modified: subtractSubtrees(comparison.modified, fields),
    removed: subtractSubtrees(comparison.removed, fields),
  };
}

function visit(walk: Walk, type: MergeType, before: Json | undefined, after: Json | undefined): void {
  if (before === after && before !== undefined) return;
  const beforeShape = shapeOf(type, before);
  const afterShape = shapeOf(type, after);
  let isLeaf: boolean;
  if (after === undefined) isLeaf = visitAs(beforeShape, walk, type, before, after);
  else {
    if (before !== undefined && beforeShape !== afterShape) visitAs(beforeShape, walk, type, before, after);
    isLeaf = visitAs(afterShape, walk, type, before, after);
  }
  if (isLeaf) return;
  if (before === undefined) insertPath(walk.added, walk.path);
  else if (after === undefined) insertPath(walk.removed, walk.path);
}

/** Whether the value was handled as a leaf. */
function visitAs(
  shape: Shape,
  walk: Walk,
  type: MergeType,
  before: Json | undefined,
  after: Json | undefined,
): boolean {
  switch (shape) {
    case "map":
      return visitMap(walk, type.map as MapType, before, after);
    case "list":
      return visitList(walk, type.list as ListType, before, after);
    case "scalar":
      return visitLeaf(walk, before, after);
    case "none":
      return false;
  }
}

function visitLeaf(walk: Walk, before: Json | undefined, after: Json | undefined): true {
  if (before === undefined) insertPath(walk.added, walk.path);
  else if (after === undefined) insertPath(walk.removed, walk.path);
  else if (!equalValues(before, after)) insertPath(walk.modified, walk.path);
  return true;
}

function isIdentical(left: Json, right: Json): boolean {
  // A bigint from one reader and a number from another may be the same integer.
  // oxlint-disable-next-line eqeqeq
  return left === right || (typeof left !== typeof right && isNumber(left) && isNumber(right) && left == right);
}

function isNumber(value: Json): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

/** Whether two values are equal as the merge sees it: numbers by value, objects regardless of order. */
export function equalValues(left: Json, right: Json): boolean {
  return typeof left === "object" && left !== null ? deepEqual(left, right) : isIdentical(left, right);
}

const none: JsonObject = {};

function visitMap(walk: Walk, map: MapType, before: Json | undefined, after: Json | undefined): boolean {
  const left = isObject(before) ? before : none;
  const right = isObject(after) ? after : none;
  if (map.atomic || (isEmptyMap(left) && isEmptyMap(right))) return visitLeaf(walk, before, after);
  for (const key in left) {
    if (left[key] !== undefined) visitEntry(walk, map, key, left[key], memberOf(right, key));
  }
  for (const key in right) {
    if (right[key] !== undefined && memberOf(left, key) === undefined)
      visitEntry(walk, map, key, undefined, right[key]);
  }
  return false;
}

function isEmptyMap(value: JsonObject): boolean {
  for (const key in value) if (value[key] !== undefined) return false;
  return true;
}

function visitEntry(walk: Walk, map: MapType, key: string, before: Json | undefined, after: Json | undefined): void {
  if (before === after) return;
  const type = entryType(map, key);
  if (type === undefined) return;
  walk.path.push(`f:${key}`);
  visit(walk, type, before, after);
  walk.path.pop();
}

const noItems: Json[] = [];

function visitList(walk: Walk, list: ListType, before: Json | undefined, after: Json | undefined): boolean {
  const left = Array.isArray(before) ? before : noItems;
  const right = Array.isArray(after) ? after : noItems;
  if (list.atomic || (left.length === 0 && right.length === 0)) return visitLeaf(walk, before, after);
  const leftItems = groupItems(list, left);
  const rightItems = groupItems(list, right);
  for (const [element, items] of leftItems) visitItems(walk, list, element, items, rightItems.get(element) ?? noItems);
  for (const [element, items] of rightItems) {
    if (!leftItems.has(element)) visitItems(walk, list, element, noItems, items);
  }
  return false;
}

function groupItems(list: ListType, items: readonly Json[]): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  for (const item of items) {
    const element = validItemKey(list, item);
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}

function visitItems(
  walk: Walk,
  list: ListType,
  element: string,
  before: readonly Json[],
  after: readonly Json[],
): void {
  walk.path.push(element);
  if (before.length <= 1 && after.length <= 1) visit(walk, list.item, before[0], after[0]);
  else if (before.length >= 2 && after.length >= 2) {
    const same =
      before.length === after.length && before.every((item, index) => equalValues(item, after[index] as Json));
    if (!same) insertPath(walk.modified, walk.path);
  } else if (before.length >= 2) {
    if (after.length > 0) visit(walk, list.item, undefined, after[0]);
    insertPath(walk.removed, walk.path);
  } else {
    if (before.length > 0) visit(walk, list.item, before[0], undefined);
    insertPath(walk.added, walk.path);
  }
  walk.path.pop();
}
