import { isObject, memberOf, sortKeys, type Json, type JsonObject } from "@eddy/core/json";
import { duplicateValue, invalidValue, type SchemaProblem } from "./problem.ts";
import { maxDepth, tooDeep, type SchemaNode } from "./schema-node.ts";

/**
 * Duplicates in lists of type set and map; each is reported at its second appearance.
 * Source: apiextensions-apiserver `schema/listtype`.
 */
export function checkListTypes(node: SchemaNode, value: Json, field = "", depth = 0): SchemaProblem[] {
  if (depth > maxDepth) throw tooDeep();
  if (Array.isArray(value)) return checkItems(node, value, field, depth);
  if (!isObject(value)) return [];
  const problems: SchemaProblem[] = [];
  for (const key in value) {
    const member = value[key];
    if (typeof member !== "object" || member === null) continue;
    const property = node.property(key);
    const below = property ?? node.additional;
    const path = property === undefined ? `${field}[${key}]` : field === "" ? key : `${field}.${key}`;
    if (below !== undefined) problems.push(...checkListTypes(below, member, path, depth + 1));
  }
  return problems;
}

function checkItems(node: SchemaNode, items: readonly Json[], field: string, depth: number): SchemaProblem[] {
  const problems = checkList(node, items, field);
  const below = node.items;
  if (below === undefined) return problems;
  for (const [index, item] of items.entries()) {
    if (typeof item === "object" && item !== null)
      problems.push(...checkListTypes(below, item, `${field}[${index}]`, depth + 1));
  }
  return problems;
}

function checkList(node: SchemaNode, items: readonly Json[], field: string): SchemaProblem[] {
  const listType = node.raw["x-kubernetes-list-type"];
  if (listType === "set") return duplicatesOf(items, field);
  if (listType !== "map") return [];
  const wrong = items.findIndex((item) => item !== null && !isObject(item));
  if (wrong >= 0) {
    return [invalidValue(`${field}[${wrong}]`, items[wrong], "must be an object for an array of list-type map")];
  }
  const keys = node.raw["x-kubernetes-list-map-keys"];
  const names = Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  return duplicatesOf(
    items.map((item) => keysOf(item, names)),
    field,
  );
}

function keysOf(item: Json, names: readonly string[]): JsonObject {
  const result: JsonObject = {};
  if (!isObject(item)) return result;
  for (const name of names) {
    const value = memberOf(item, name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function identityOf(item: Json): string {
  return JSON.stringify(sortKeys(item), (_key, member: unknown) =>
    typeof member === "bigint" ? Number(member) : member,
  );
}

function duplicatesOf(items: readonly Json[], field: string): SchemaProblem[] {
  const seen = new Map<string, number>();
  const problems: SchemaProblem[] = [];
  for (const [index, item] of items.entries()) {
    const identity = identityOf(item);
    const times = seen.get(identity) ?? 0;
    seen.set(identity, times + 1);
    if (times === 1) problems.push(duplicateValue(`${field}[${index}]`, item));
  }
  return problems;
}
