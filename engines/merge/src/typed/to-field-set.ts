import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { emptySet, type FieldNode, type FieldSet } from "../fields/field-set.ts";
import { validItemKey } from "./list-key.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryType, shapeOf } from "./shape.ts";

/**
 * The fields that a value sets, as its applier owns them: scalars and atomic values by their path, list items and undeclared
 * keys also by themselves, null and `{}` by the field that has them. An empty associative list owns nothing.
 * The value must fit the type. Source: structured-merge-diff v6 `typed/tofieldset.go`.
 */
export function toFieldSet(type: MergeType, value: Json | undefined): FieldSet {
  return owned(type, value).children ?? emptySet;
}

const leaf: FieldNode = { member: true, children: undefined };
const nothing: FieldNode = { member: false, children: undefined };

function below(children: Map<string, FieldNode>): FieldNode {
  return children.size === 0 ? nothing : { member: false, children };
}

function owned(type: MergeType, value: Json | undefined): FieldNode {
  switch (shapeOf(type, value)) {
    case "scalar":
      return leaf;
    case "map":
      return ownedMap(type.map as MapType, value);
    case "list":
      return ownedList(type.list as ListType, value);
    case "none":
      return nothing;
  }
}

function ownedMap(map: MapType, value: Json | undefined): FieldNode {
  if (map.atomic) return leaf;
  if (!isObject(value)) return nothing;
  const children = new Map<string, FieldNode>();
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const type = entryType(map, key);
    if (type === undefined) continue;
    const node = owned(type, member);
    const itself = node.member || member === null || isEmptyObject(member) || !map.fields.has(key);
    if (itself || node.children !== undefined) children.set(`f:${key}`, withMembership(node, itself));
  }
  return below(children);
}

function withMembership(node: FieldNode, member: boolean): FieldNode {
  if (node.member === member) return node;
  return node.children === undefined && member ? leaf : { member, children: node.children };
}

function isEmptyObject(value: Json): boolean {
  if (!isObject(value)) return false;
  for (const key in value as JsonObject) if (value[key] !== undefined) return false;
  return true;
}

function ownedList(list: ListType, value: Json | undefined): FieldNode {
  if (list.atomic) return leaf;
  if (!Array.isArray(value)) return nothing;
  const children = new Map<string, FieldNode>();
  for (const item of value) {
    const element = validItemKey(list, item);
    // Duplicated items are owned by their path alone.
    if (children.has(element)) children.set(element, leaf);
    else children.set(element, withMembership(owned(list.item, item), true));
  }
  return below(children);
}
