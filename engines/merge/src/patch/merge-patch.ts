import { setMember, isObject, type Json, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";

const maxDepth = 512;

/**
 * Applies a JSON merge patch (RFC 7386) as the API server does. Beyond the RFC, nulls inside the objects of a list are dropped
 * where the list takes the place of nothing, of a scalar or of a list, as the original does it. Neither input is changed.
 * @throws MergeError 400 for null or a scalar as patch. Source: evanphx/json-patch v4.13 `merge.go`.
 */
export function applyMergePatch(document: Json, patch: Json): Json {
  if (patch === null || typeof patch !== "object") throw new MergeError(400, "Invalid JSON Patch");
  if (document === null) throw new MergeError(400, "Invalid JSON Document");
  if (!isObject(document) || !isObject(patch)) return withoutNulls(patch, 0);
  return mergeObjects(document, patch, 0);
}

function mergeObjects(document: JsonObject, patch: JsonObject, depth: number): JsonObject {
  if (depth > maxDepth) throw new MergeError(400, `merge patch: nested deeper than ${maxDepth} levels`);
  const result: JsonObject = { ...document };
  for (const key in patch) {
    const value = patch[key];
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else setMember(result, key, mergeMember(Object.hasOwn(document, key) ? document[key] : undefined, value, depth));
  }
  return result;
}

function mergeMember(current: Json | undefined, value: Json, depth: number): Json {
  if (!isObject(current)) return withoutNulls(value, depth);
  return isObject(value) ? mergeObjects(current, value, depth + 1) : value;
}

function withoutNulls(value: Json, depth: number): Json {
  if (depth > maxDepth) throw new MergeError(400, `merge patch: nested deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined && member !== null) setMember(result, key, withoutNulls(member, depth + 1));
  }
  return result;
}
