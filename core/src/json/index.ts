/**
 * JSON values as Kubernetes exchanges them.
 *
 * Not a serialiser: `JSON.stringify` is. Entry points: {@link deepEqual}, {@link sortKeys}.
 */

/** A JSON value. Integers beyond 2^53 appear as `bigint` where a reader keeps them exactly. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;

/** A JSON object; insertion order is the order of the source. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Narrows to an object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are equal, ignoring the order of keys; an `undefined` member counts as absent. */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => deepEqual(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  return sameMembers(left, right) && countMembers(left) === countMembers(right);
}

function sameMembers(left: JsonObject, right: JsonObject): boolean {
  for (const key in left) {
    const value = left[key];
    if (value !== undefined && !deepEqual(value, memberOf(right, key))) return false;
  }
  return true;
}

function countMembers(value: JsonObject): number {
  let count = 0;
  for (const key in value) if (value[key] !== undefined) count++;
  return count;
}

/** An object's own member, or undefined: never what every object inherits, though a ConfigMap may have a key `constructor`. */
export function memberOf(object: JsonObject, key: string): Json | undefined {
  const value = object[key];
  return value === undefined || Object.hasOwn(object, key) ? value : undefined;
}

/** Sets an object's own member, whatever the key: `__proto__` too is only a name. */
export function setMember(object: JsonObject, key: string, value: Json | undefined): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A copy whose object keys are sorted recursively by code point, as Go's `encoding/json` writes maps. */
export function sortKeys<T extends Json | undefined>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => sortKeys(item)) as T;
  if (!isObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort(compareText)) setMember(sorted, key, sortKeys(memberOf(value, key)));
  return sorted as T;
}

/**
 * `over` laid over `base`: maps are merged recursively, anything else of `over` replaces what is there, `null` too. Neither is
 * changed, and what only one of them has is shared, not copied. Source: Helm `mergeMaps`, fluxcd/pkg chartutil.
 */
export function mergeMaps(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = {};
  for (const key of Object.keys(base)) setMember(merged, key, memberOf(base, key));
  for (const key of Object.keys(over)) {
    const [below, value] = [memberOf(merged, key), memberOf(over, key)];
    setMember(merged, key, isObject(below) && isObject(value) ? mergeMaps(below, value) : value);
  }
  return merged;
}

/** Orders text by code point, as Go compares strings (UTF-8 byte order), unlike `localeCompare` and `<` on astral characters. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    const aSurrogate = a >= 0xd800 && a <= 0xdfff;
    const bSurrogate = b >= 0xd800 && b <= 0xdfff;
    if (aSurrogate !== bSurrogate) return aSurrogate ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}
