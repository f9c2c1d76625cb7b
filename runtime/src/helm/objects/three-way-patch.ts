import { deepEqual, isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import type { FieldRule, PatchSchema } from "./patch-schema.ts";

/** What was sent last, what is wanted now, and what is there. */
export interface Versions {
  original: JsonObject;
  modified: JsonObject;
  current: JsonObject;
}

/**
 * The patch that gives `current` what `modified` has, and takes from it what `modified` has no more of `original`; what others added
 * stays. Strategic with a schema, a JSON merge patch without. Empty when there is nothing to do. Pure.
 * Source: apimachinery `strategicpatch.CreateThreeWayMergePatch`, with `overwrite`.
 */
export function threeWayPatch(versions: Versions, schema: PatchSchema | undefined): JsonObject {
  const { original, modified, current } = versions;
  const patch: JsonObject = {};
  for (const key of new Set([...Object.keys(original), ...Object.keys(modified)])) {
    const is = memberOf(current, key);
    const want = memberOf(modified, key);
    if (want === undefined || want === null) {
      if (is !== undefined) setMember(patch, key, null);
    } else if (is === undefined || is === null) setMember(patch, key, want);
    else patchField({ key, is, want, was: memberOf(original, key) }, schema?.field(key), patch);
  }
  return patch;
}

interface Field {
  key: string;
  was: Json | undefined;
  want: Json;
  is: Json;
}

function patchField({ key, was, want, is }: Field, rule: FieldRule | undefined, patch: JsonObject): void {
  if (isObject(want) && isObject(is)) {
    const inner = threeWayPatch({ original: isObject(was) ? was : {}, modified: want, current: is }, rule?.schema);
    if (Object.keys(inner).length === 0) return;
    if (rule?.retainsKeys) inner["$retainKeys"] = Object.keys(want).sort();
    setMember(patch, key, inner);
  } else if (Array.isArray(want) && Array.isArray(is) && rule?.merges) {
    const lists = { was: Array.isArray(was) ? was : [], want, is };
    if (rule.mergeKey === "") patchScalars(key, lists, patch);
    else patchItems(key, lists, { ...rule, mergeKey: rule.mergeKey }, patch);
  } else if (!deepEqual(want, is)) setMember(patch, key, want);
}

interface Lists {
  was: readonly Json[];
  want: readonly Json[];
  is: readonly Json[];
}

function patchScalars(key: string, { was, want, is }: Lists, patch: JsonObject): void {
  const added = want.filter((item) => !is.includes(item));
  const removed = was.filter((item) => !want.includes(item) && is.includes(item));
  if (added.length > 0) patch[key] = added;
  if (removed.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = removed;
  if (added.length + removed.length > 0) patch[`$setElementOrder/${key}`] = [...want];
}

function patchItems(key: string, { was, want, is }: Lists, { mergeKey, schema }: FieldRule, patch: JsonObject): void {
  const idOf = (item: Json): Json | undefined => (isObject(item) ? item[mergeKey] : undefined);
  const find = (items: readonly Json[], id: Json | undefined): JsonObject | undefined =>
    items.filter(isObject).find((item) => item[mergeKey] === id);
  const changed: Json[] = [];
  for (const item of want) {
    const id = idOf(item);
    const live = find(is, id);
    if (!isObject(item) || id === undefined || !live) changed.push(item);
    else {
      const inner = threeWayPatch({ original: find(was, id) ?? {}, modified: item, current: live }, schema);
      if (Object.keys(inner).length > 0) changed.push({ [mergeKey]: id, ...inner });
    }
  }
  for (const item of was) {
    const id = idOf(item);
    if (id === undefined || find(want, id) || !find(is, id)) continue;
    changed.push({ $patch: "delete", [mergeKey]: id });
  }
  if (changed.length === 0) return;
  patch[key] = changed;
  patch[`$setElementOrder/${key}`] = want.map((item) => ({ [mergeKey]: idOf(item) ?? null }));
}
