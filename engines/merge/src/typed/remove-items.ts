import { setMember, isObject, type Json, type JsonObject } from "@eddy/core/json";
import { emptySet, type FieldNode, type FieldSet } from "../fields/field-set.ts";
import { validItemKey } from "./list-key.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryType, shapeOf } from "./shape.ts";

/**
 * The value without the members of a set. Atomic containers below which something is named go whole, and what becomes empty
 * becomes null, as the original leaves it. Source: structured-merge-diff v6 `typed/remove.go`.
 */
export function removeItems(type: MergeType, value: Json | undefined, set: FieldSet): Json | undefined {
  if (value === undefined) return undefined;
  switch (shapeOf(type, value)) {
    case "map":
      return isObject(value) ? removeFromMap(type.map as MapType, value, set) : null;
    case "list":
      return Array.isArray(value) ? removeFromList(type.list as ListType, value, set) : null;
    default:
      return value;
  }
}

function hasBelow(node: FieldNode | undefined): node is FieldNode & { children: FieldSet } {
  return node?.children !== undefined && node.children.size > 0;
}

function removeFromMap(map: MapType, value: JsonObject, set: FieldSet): Json {
  if (map.atomic) return null;
  const result: JsonObject = {};
  let isEmpty = true;
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const node = set.get(`f:${key}`);
    if (node?.member) continue;
    isEmpty = false;
    const type = entryType(map, key);
    setMember(
      result,
      key,
      hasBelow(node) && type !== undefined ? (removeItems(type, member, node.children) ?? null) : member,
    );
  }
  return isEmpty ? null : result;
}

function removeFromList(list: ListType, value: readonly Json[], set: FieldSet): Json {
  if (list.atomic) return null;
  const result: Json[] = [];
  for (const item of value) {
    const node = set.get(validItemKey(list, item));
    if (node?.member) continue;
    result.push(hasBelow(node) ? (removeItems(list.item, item, node.children) ?? null) : item);
  }
  return result.length === 0 ? null : result;
}

/**
 * Only the members of a set and what leads to them: what one manager owns of an object. Atomic containers come whole.
 * Source: structured-merge-diff v6 `ExtractItems`.
 */
export function extractItems(type: MergeType, value: Json | undefined, set: FieldSet): Json | undefined {
  if (value === undefined) return undefined;
  switch (shapeOf(type, value)) {
    case "map":
      return isObject(value) ? extractFromMap(type.map as MapType, value, set) : null;
    case "list":
      return Array.isArray(value) ? extractFromList(type.list as ListType, value, set) : null;
    default:
      return value;
  }
}

function extractFromMap(map: MapType, value: JsonObject, set: FieldSet): Json {
  if (map.atomic || Object.keys(value).length === 0) return value;
  const result: JsonObject = {};
  let isEmpty = true;
  for (const key in value) {
    const member = value[key];
    const node = set.get(`f:${key}`);
    const type = entryType(map, key);
    if (member === undefined || node === undefined || type === undefined) continue;
    // A member is extracted with the set of its parent, as the original does it.
    const below = node.member ? set : (node.children ?? emptySet);
    setMember(result, key, extractItems(type, member, below) ?? null);
    isEmpty = false;
  }
  return isEmpty ? null : result;
}

function extractFromList(list: ListType, value: readonly Json[], set: FieldSet): Json {
  if (list.atomic || value.length === 0) return [...value];
  const result: Json[] = [];
  for (const item of value) {
    const node = set.get(validItemKey(list, item));
    if (node === undefined) continue;
    result.push(hasBelow(node) ? (extractItems(list.item, item, node.children) ?? null) : item);
  }
  return result.length === 0 ? null : result;
}
