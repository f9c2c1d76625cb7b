import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { cloneJson } from "@eddy/core/object";
import { MergeError, unprocessable } from "../merge-error.ts";
import { equalValues } from "../typed/compare-values.ts";
import { addMember, findTarget, getMember, removeMember, replaceMember, type PointerTarget } from "./json-pointer.ts";

/** How many operations a patch may have. */
export const maxJsonPatchOperations = 10_000;
/** How much `copy` operations may add in all. */
const maxCopiedBytes = 3 * 1024 * 1024;

/**
 * Applies a JSON patch (RFC 6902) as the API server does: `replace` of an object's missing key adds it, negative indexes count
 * from the end, `test` of a missing key against null passes. Neither input is changed. One difference: the original tells a null
 * that the patch itself added from one of the document when it tests; here a null is a null, as RFC 6902 has it.
 * @throws MergeError 400 for what is no patch, 413 for more than 10,000 operations, 422 with the server's general words (and
 * `detail`) for an operation that does not apply. Source: evanphx/json-patch v4.13, apiserver `handlers/patch.go`.
 */
export function applyJsonPatch(document: Json, patch: Json): Json {
  const operations = decodePatch(patch);
  const state: State = { document: cloneJson(document), copiedBytes: 0 };
  for (const operation of operations) applyOperation(state, operation);
  return state.document;
}

function decodePatch(patch: Json): JsonObject[] {
  if (!Array.isArray(patch)) {
    throw new MergeError(400, `json: cannot unmarshal ${goKindOf(patch)} into Go value of type jsonpatch.Patch`);
  }
  for (const operation of patch) {
    if (!isObject(operation)) {
      throw new MergeError(
        400,
        `json: cannot unmarshal ${goKindOf(operation)} into Go value of type jsonpatch.Operation`,
      );
    }
  }
  if (patch.length > maxJsonPatchOperations) {
    const limit = `The allowed maximum operations in a JSON patch is ${maxJsonPatchOperations}, got ${patch.length}`;
    throw new MergeError(413, `Request entity too large: ${limit}`, limit);
  }
  return patch as JsonObject[];
}

function goKindOf(value: Json): string {
  if (isObject(value)) return "object";
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : value === null ? "null" : typeof value;
}

interface State {
  document: Json;
  copiedBytes: number;
}

function refuse(detail: string): never {
  throw new MergeError(422, unprocessable, detail);
}

function check(problem: string | undefined, doing: string): void {
  if (problem !== undefined) refuse(`${doing}: ${problem}`);
}

function applyOperation(state: State, operation: JsonObject): void {
  switch (operation.op) {
    case "add":
      return check(
        addMember(targetOf(state, operation, "add"), valueOf(operation)),
        `error in add for path: '${String(operation.path)}'`,
      );
    case "remove":
      return check(
        removeMember(targetOf(state, operation, "remove")),
        `error in remove for path: '${String(operation.path)}'`,
      );
    case "replace":
      return replace(state, operation);
    case "move":
      return move(state, operation);
    case "copy":
      return copy(state, operation);
    case "test":
      return test(state, operation);
    default:
      return refuse(`Unexpected kind: ${typeof operation.op === "string" ? operation.op : "unknown"}`);
  }
}

function pointerOf(operation: JsonObject, field: "path" | "from"): string {
  const pointer = operation[field];
  if (typeof pointer === "string") return pointer;
  return refuse(`${String(operation.op)} operation failed to decode ${field}: missing value`);
}

function targetOf(state: State, operation: JsonObject, name: string, field: "path" | "from" = "path"): PointerTarget {
  const pointer = pointerOf(operation, field);
  return (
    findTarget(state.document, pointer) ??
    refuse(`${name} operation does not apply: doc is missing ${field}: "${pointer}": missing value`)
  );
}

function valueOf(operation: JsonObject): Json {
  return cloneJson(operation.value ?? null);
}

function replace(state: State, operation: JsonObject): void {
  if (pointerOf(operation, "path") === "") {
    const value = valueOf(operation);
    if (typeof value !== "object" || value === null) return refuse("replace operation value must be object or array");
    state.document = value;
    return;
  }
  const target = targetOf(state, operation, "replace");
  check(
    replaceMember(target, valueOf(operation)),
    `replace operation does not apply: doc is missing key: ${pointerOf(operation, "path")}`,
  );
}

function move(state: State, operation: JsonObject): void {
  const from = targetOf(state, operation, "move", "from");
  const value = readAt(from, "move");
  check(removeMember(from), `error in move for path: '${from.key}'`);
  const target = targetOf(state, operation, "move");
  check(addMember(target, value), `error in move for path: '${pointerOf(operation, "path")}'`);
}

function copy(state: State, operation: JsonObject): void {
  const value = cloneJson(readAt(targetOf(state, operation, "copy", "from"), "copy"));
  const target = targetOf(state, operation, "copy");
  state.copiedBytes += sizeOf(value);
  if (state.copiedBytes > maxCopiedBytes) {
    return refuse(
      `unable to complete the copy: copied ${state.copiedBytes} bytes, at most ${maxCopiedBytes} are allowed`,
    );
  }
  check(addMember(target, value), "error while adding value during copy");
}

function sizeOf(value: Json): number {
  if (value === null) return 0;
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? member.toString() : member))
    .length;
}

function readAt(target: PointerTarget, name: string): Json {
  const found = getMember(target);
  return "problem" in found
    ? refuse(`error in ${name} for path: '${target.key}': ${found.problem}`)
    : (found.value ?? null);
}

function test(state: State, operation: JsonObject): void {
  const pointer = pointerOf(operation, "path");
  const value = pointer === "" ? state.document : readAt(targetOf(state, operation, "test"), "test");
  const wanted = operation.value ?? null;
  if (!equalValues(value, wanted)) refuse(`testing value ${pointer} failed: test failed`);
}
