import { isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { maxDepth, tooDeep, type SchemaNode } from "../schema-node.ts";

/** Names that cannot follow a dot in an expression. Source: apiserver `pkg/cel/escaping.go`. */
const reserved = new Set(
  `true false null in as break const continue else for function if import let loop package namespace return var void while`.split(
    " ",
  ),
);

/** A property's name as expressions write it (`foo__dash__bar`), or undefined where it cannot be written. */
export function escapeName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[a-zA-Z_.\-/][a-zA-Z0-9_.\-/]*$/.test(name)) return undefined;
  return name
    .replaceAll("__", "__underscores__")
    .replace(/[.\-/]/g, (sign) => (sign === "." ? "__dot__" : sign === "-" ? "__dash__" : "__slash__"));
}

/**
 * Plain JSON as an expression sees it: whole numbers are integers unless the schema says `number`, declared properties have their
 * escaped names and are left out where they are null, times are timestamps. Without schema, whole numbers are integers and names
 * are as they are. Source: apiserver `pkg/cel/common/valuesunstructured.go`.
 */
export function toCel(node: SchemaNode | undefined, value: Json | undefined): unknown {
  return convert(node, value, 0);
}

function convert(node: SchemaNode | undefined, value: Json | undefined, depth: number): unknown {
  if (depth > maxDepth) throw tooDeep();
  if (typeof value === "number") return convertNumber(node, value);
  if (typeof value === "string") return convertText(node, value);
  if (Array.isArray(value)) return value.map((item) => convert(node?.items, item, depth + 1));
  return isObject(value) ? convertMap(node, value, depth) : value;
}

function convertNumber(node: SchemaNode | undefined, value: number): bigint | number {
  if (node?.types[0] === "number" && node.types.length === 1) return value;
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

function convertText(node: SchemaNode | undefined, value: string): unknown {
  const format = node?.types[0] === "string" ? node.raw.format : undefined;
  if (format === "date-time" || format === "date" || format === "datetime") {
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? value : time;
  }
  return format === "byte" ? new Uint8Array(Buffer.from(value, "base64")) : value;
}

function convertMap(node: SchemaNode | undefined, value: JsonObject, depth: number): JsonObject {
  const result: JsonObject = {};
  for (const key in value) {
    const member = memberOf(value, key);
    if (member === undefined) continue;
    const property = node?.property(key);
    // A declared field that is null counts as absent: `has()` says so.
    if (property !== undefined && member === null) continue;
    const name = property === undefined ? key : escapeName(key);
    if (name !== undefined) setMember(result, name, convert(property ?? node?.additional, member, depth + 1) as Json);
  }
  return result;
}
