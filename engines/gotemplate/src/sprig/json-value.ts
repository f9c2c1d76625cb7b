import { Buffer } from "node:buffer";
import type { Json, JsonObject } from "@eddy/core/json";
import { setMember } from "@eddy/core/json";
import { normalizeGoString, toValidText } from "../value/go-string.ts";
import type { GoType } from "../value/go-type.ts";
import { Complex, type GoMap, type GoValue, isMap, Sequence, Struct, typeOf } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";
import { CallError } from "./call-error.ts";
import { isNil } from "./nil.ts";

/** Go's encoder follows values into each other this deep before it looks for a cycle; nothing honest is deeper. */
const maxDepth = 1_000;

/**
 * What Go's encoding/json makes of a value, as plain data: nil lists and maps are null, bytes base64, structs objects of their fields
 * unless their type says otherwise, integers beyond 2^53 bigint. Plain values are not copied. Invalid bytes in texts are U+FFFD, or stay
 * as they are with `keepBytes`.
 * @throws CallError with Go's words for what JSON cannot hold: functions, NaN, infinities, cycles
 */
export function jsonValueOf(value: GoValue, keepBytes = false, depth = 0): Json {
  switch (typeof value) {
    case "string":
      return textValue(value, keepBytes);
    case "number":
      if (!Number.isFinite(value)) throw new CallError(`json: unsupported value: ${special(value)}`);
      return value;
    case "boolean":
      return value;
    case "object":
      return value === null ? null : objectValue(value, keepBytes, depth + 1);
    default:
      return null;
  }
}

function textValue(text: string, keepBytes: boolean): string {
  if (text.isWellFormed()) return text;
  return keepBytes ? normalizeGoString(text) : toValidText(text);
}

function special(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function objectValue(value: object, keepBytes: boolean, depth: number): Json {
  if (value instanceof Integer) return integerValue(value);
  if (Array.isArray(value)) return listValue(value, keepBytes, depth);
  const type = typeOf(value) as GoType & { toJson?: (self: unknown) => unknown };
  if (type.toJson !== undefined) return jsonValueOf(type.toJson(value), keepBytes, depth);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Struct) return mapValue(value.fields, type, keepBytes, depth);
  if (value instanceof Complex || value instanceof Sequence || !isMap(value)) {
    throw new CallError(`json: unsupported type: ${type.name}`);
  }
  return mapValue(value, type, keepBytes, depth);
}

function integerValue({ value }: Integer): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function checkDepth(depth: number, type: GoType, value: object): void {
  if (depth <= maxDepth) return;
  const what = holdsItself(value) ? `unsupported value: encountered a cycle via ${type.name}` : "nested too deeply";
  throw new CallError(`json: ${what}`);
}

function holdsItself(value: object): boolean {
  const seen = new Set<object>();
  const left: object[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const member of Object.values(next instanceof Struct ? next.fields : next)) {
      if (member === value) return true;
      if (typeof member !== "object" || member === null || seen.has(member as object)) continue;
      seen.add(member as object);
      left.push(member as object);
    }
  }
  return false;
}

function listValue(list: readonly GoValue[], keepBytes: boolean, depth: number): Json {
  if (list.length === 0) return isNil(list) ? null : (list as Json[]);
  checkDepth(depth, typeOf(list), list);
  let copy: Json[] | undefined;
  for (const [index, item] of list.entries()) {
    const plain = jsonValueOf(item, keepBytes, depth);
    if (copy === undefined && plain !== item) copy = list.slice(0, index) as Json[];
    copy?.push(plain);
  }
  return copy ?? (list as Json[]);
}

function mapValue(map: GoMap, type: GoType, keepBytes: boolean, depth: number): Json {
  if (isNil(map)) return null;
  checkDepth(depth, type, map);
  const keys = Object.keys(map);
  let copy: JsonObject | undefined;
  for (const [index, key] of keys.entries()) {
    const value = map[key];
    const plain = jsonValueOf(value, keepBytes, depth);
    const isSame = plain === value && key.isWellFormed();
    if (copy === undefined && !isSame) copy = copyOf(map, keys.slice(0, index));
    if (copy !== undefined) setMember(copy, textValue(key, keepBytes), plain);
  }
  return copy ?? (map as JsonObject);
}

function copyOf(map: GoMap, keys: readonly string[]): JsonObject {
  const copy: JsonObject = {};
  for (const key of keys) setMember(copy, key, map[key] as Json);
  return copy;
}
