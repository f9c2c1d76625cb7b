import { type GoValue, isMap, Struct, typeOf } from "../value/go-value.ts";
import { normalizeGoString } from "../value/go-string.ts";
import { Integer } from "../value/integer.ts";
import { isNil } from "./nil.ts";

/** Values that are equal with their types, all the way down; nil differs from empty. Source: Go's reflect.DeepEqual. */
export function deepEqual(left: GoValue, right: GoValue): boolean {
  if (typeof left === "string" && typeof right === "string") return equalTexts(left, right);
  if (typeof left !== "object" || typeof right !== "object") return left === right;
  if (left === null || right === null) return left === right;
  if (typeOf(left).name !== typeOf(right).name) return false;
  if (left instanceof Integer) return right instanceof Integer && left.value === right.value;
  if (left === right) return true;
  if (isNil(left) !== isNil(right)) return false;
  if (left instanceof Uint8Array) return right instanceof Uint8Array && equalBytes(left, right);
  if (Array.isArray(left)) return Array.isArray(right) && equalLists(left, right);
  if (left instanceof Struct) return right instanceof Struct && equalStructs(left, right);
  return isMap(left) && isMap(right) && equalMaps(left, right);
}

function equalTexts(left: string, right: string): boolean {
  return left === right || (!left.isWellFormed() && normalizeGoString(left) === normalizeGoString(right));
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function equalLists(left: readonly GoValue[], right: readonly GoValue[]): boolean {
  return left.length === right.length && left.every((item, index) => deepEqual(item ?? null, right[index] ?? null));
}

function equalMaps(left: object, right: object): boolean {
  const entries = Object.entries(left);
  if (entries.length !== Object.keys(right).length) return false;
  return entries.every(
    ([key, value]) =>
      Object.hasOwn(right, key) && deepEqual(value ?? null, (right as Record<string, GoValue>)[key] ?? null),
  );
}

/** Structs tell by a method of their own what is not in their fields, such as the instant of a time. */
function equalStructs(left: Struct, right: Struct): boolean {
  const [one, other] = [left, right] as { equals?: (value: Struct) => boolean }[];
  if (one?.equals !== undefined && other !== undefined) return one.equals(right);
  return equalMaps(left.fields, right.fields);
}
