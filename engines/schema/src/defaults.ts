import { isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { cloneJson } from "@eddy/core/object";
import { maxDepth, tooDeep, type SchemaNode } from "./schema-node.ts";

/**
 * The value with its schema's defaults, also in place of nulls that are not allowed, and without other such nulls. The same
 * value where nothing changes. Source: apiextensions-apiserver `schema/defaulting`.
 */
export function defaultValue(node: SchemaNode, value: Json, depth = 0): Json {
  if (depth > maxDepth) throw tooDeep();
  if (Array.isArray(value)) return defaultList(node, value, depth);
  return isObject(value) ? defaultMap(node, value, depth) : value;
}

function defaultList(node: SchemaNode, value: Json[], depth: number): Json[] {
  const items = node.items;
  if (items === undefined) return value;
  let result: Json[] | undefined;
  for (const [index, item] of value.entries()) {
    const filled = item === null && !items.nullable && items.default !== undefined ? cloneJson(items.default) : item;
    const next = defaultValue(items, filled, depth + 1);
    if (next !== item) (result ??= [...value])[index] = next;
  }
  return result ?? value;
}

function defaultMap(node: SchemaNode, value: JsonObject, depth: number): JsonObject {
  let result: JsonObject | undefined;
  for (const name of node.propertyNames()) {
    const fallback = node.property(name)?.default;
    if (fallback !== undefined && memberOf(value, name) === undefined) {
      setMember((result ??= { ...value }), name, cloneJson(fallback));
    }
  }
  const filled = result ?? value;
  for (const key in filled) {
    const member = filled[key];
    const schema = node.property(key) ?? node.additional;
    if (member === undefined || schema === undefined) continue;
    const next =
      member === null && !schema.nullable ? cloneJson(schema.default) : defaultValue(schema, member, depth + 1);
    if (next === member) continue;
    result ??= { ...value };
    if (next === undefined) delete result[key];
    else setMember(result, key, defaultValue(schema, next, depth + 1));
  }
  return result ?? value;
}
