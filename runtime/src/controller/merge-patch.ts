import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`, or undefined when they are equal. Lists are replaced
 * as a whole; an `undefined` or `null` member of `after` is removed.
 */
export function diffMergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: JsonObject = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[key];
    const value = after[key] ?? undefined;
    if (value === undefined) {
      if (old !== undefined) patch[key] = null;
    } else if (isObject(old) && isObject(value)) {
      const inner = diffMergePatch(old, value);
      if (inner) patch[key] = inner;
    } else if (!deepEqual(old, value)) {
      patch[key] = value;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}
