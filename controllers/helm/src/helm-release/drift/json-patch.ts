import { compareText, deepEqual, isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  op: "add" | "replace" | "remove";
  /** A JSON pointer. */
  path: string;
  value?: Json;
}

/**
 * The JSON patch that turns `before` into `after`: keys in order, lists by index, and one replacement where that is shorter than
 * the changes within. Pure. Source: wI2L/jsondiff v0.7 with `Rationalize`, which upstream compares releases with.
 */
export function diffJson(before: Json, after: Json, path: string = ""): PatchOperation[] {
  if (Array.isArray(before) && Array.isArray(after))
    return rationalize(diffLists(before, after, path), before, after, path);
  if (isObject(before) && isObject(after)) return rationalize(diffObjects(before, after, path), before, after, path);
  return deepEqual(before, after) ? [] : [{ op: path === "" ? "add" : "replace", path, value: after }];
}

function diffObjects(before: JsonObject, after: JsonObject, path: string): PatchOperation[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].sort(compareText).flatMap((key): PatchOperation[] => {
    const at = `${path}/${escapeKey(key)}`;
    const [old, value] = [memberOf(before, key), memberOf(after, key)];
    if (old !== undefined && value !== undefined) return diffJson(old, value, at);
    if (value !== undefined) return [{ op: "add", path: at, value }];
    return old === undefined ? [] : [{ op: "remove", path: at }];
  });
}

// What is too much is removed one by one from the end of what stays.
function diffLists(before: readonly Json[], after: readonly Json[], path: string): PatchOperation[] {
  const common = Math.min(before.length, after.length);
  const removed = before.slice(common).map((): PatchOperation => ({ op: "remove", path: `${path}/${common}` }));
  const changed = before
    .slice(0, common)
    .flatMap((item, index) => diffJson(item, after[index] as Json, `${path}/${index}`));
  const added = after.slice(common).map((value): PatchOperation => ({ op: "add", path: `${path}/-`, value }));
  return [...removed, ...changed, ...added];
}

function rationalize(operations: PatchOperation[], before: Json, after: Json, path: string): PatchOperation[] {
  if (operations.length === 0 || deepEqual(before, after)) return [];
  const whole: PatchOperation = { op: "replace", path, value: after };
  const lengthOf = (value: unknown): number => JSON.stringify(value, textOfBigints).length;
  return lengthOf(operations) > lengthOf(whole) ? [whole] : operations;
}

function textOfBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
