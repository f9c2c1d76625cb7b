import { isObject, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import { formatGoValue } from "../typed/go-format.ts";

export const patchDirective = "$patch";
export const retainKeysDirective = "$retainKeys";
export const setOrderPrefix = "$setElementOrder/";
export const deleteFromListPrefix = "$deleteFromPrimitiveList/";

/** The error for a `$patch` that says nothing known. */
export function unknownDirective(directive: Json | undefined, map: JsonObject): MergeError {
  return new MergeError(500, `unknown patch type: ${formatGoValue(directive ?? null)} in map: ${formatGoValue(map)}`);
}

/** The error for an item without its merge key. */
export function missingMergeKey(map: JsonObject, mergeKey: string): MergeError {
  return new MergeError(500, `map: ${formatGoValue(map)} does not contain declared merge key: ${mergeKey}`);
}

/** A value as it is taken over into a document: what holds a `$patch` is dropped (undefined), nothing else is touched. */
export function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (value[patchDirective] !== undefined) return undefined;
  const result: JsonObject = {};
  for (const key in value) {
    const member = value[key];
    const kept = member === undefined ? undefined : withoutDirectives(member);
    if (kept !== undefined) setMember(result, key, kept);
  }
  return result;
}

/** A value without the null members of its objects, also of those in lists; null items stay. */
export function withoutNullMembers(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNullMembers);
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined && member !== null) setMember(result, key, withoutNullMembers(member));
  }
  return result;
}

/**
 * Clears what `$retainKeys` does not name.
 * @throws MergeError 400 where it is no list, or does not name what the patch sets.
 */
export function retainKeys(original: JsonObject, patch: JsonObject): JsonObject {
  const list = patch[retainKeysDirective];
  if (list === undefined) return original;
  const bad = new MergeError(400, "invalid patch format of retainKeys");
  if (!Array.isArray(list)) throw bad;
  const names = new Set(list);
  for (const key in patch) {
    const isDirective =
      key === retainKeysDirective || key.startsWith(setOrderPrefix) || key.startsWith(deleteFromListPrefix);
    if (patch[key] !== undefined && patch[key] !== null && !isDirective && !names.has(key)) throw bad;
  }
  const result: JsonObject = {};
  for (const key in original) if (names.has(key)) setMember(result, key, original[key]);
  return result;
}
