import { memberOf } from "@eddy/core/json";
import { byteLength, encodeGoString } from "../value/go-string.ts";
import type { GoType } from "../value/go-type.ts";
import { followPointer, type GoMap, type GoValue, isMap, typeOf } from "../value/go-value.ts";
import { integer, Integer } from "../value/integer.ts";
import { zeroOf } from "../value/zero.ts";
import { canBeNil } from "./check-type.ts";

function isNothing(value: GoValue): boolean {
  return value === undefined || value === null;
}

/**
 * How many elements, members or bytes a value has, as `len` counts them.
 * @throws Error in Go's words for what has no length.
 */
export function lengthOf(value: GoValue): number {
  if (typeof value === "string") return byteLength(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value === null) throw new Error("len of nil pointer");
  if (value === undefined) throw new Error("reflect: call of reflect.Value.Type on zero Value");
  if (isMap(value)) return Object.values(value).filter((member) => member !== undefined).length;
  throw new Error(`len of type ${typeOf(followPointer(value)).name}`);
}

/**
 * `index`: one element after the other.
 * @throws Error in Go's words.
 */
export function indexInto(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (isNothing(item)) throw new Error("index of untyped nil");
  let value = item;
  for (const index of indexes) value = indexOnce(value, index);
  return value;
}

function indexOnce(item: GoValue, index: GoValue): GoValue {
  if (isNothing(item)) throw new Error("index of nil pointer");
  if (typeof item === "string") {
    const bytes = encodeGoString(item);
    return integer("uint8", elementAt(bytes, indexNumber(index, bytes.length), "string"));
  }
  if (item instanceof Uint8Array) return integer("uint8", elementAt(item, indexNumber(index, item.length), "slice"));
  if (Array.isArray(item)) return elementAt(item as readonly GoValue[], indexNumber(index, item.length), "slice");
  if (!isMap(item)) throw new Error(`can't index item of type ${typeOf(followPointer(item)).name}`);
  return memberOfMap(item, index);
}

function elementAt<Element>(list: ArrayLike<Element>, index: number, kind: string): Element {
  // The length itself passes the check, and then reflect panics.
  if (index >= list.length) throw new Error(`reflect: ${kind} index out of range`);
  return list[index] as Element;
}

function memberOfMap(map: GoMap, index: GoValue): GoValue {
  const type = typeOf(map);
  const key = type.key as GoType;
  if (isNothing(index) && !canBeNil(key)) throw new Error(`value is nil; should be of type ${key.name}`);
  if (typeof index !== "string") throw new Error(`value has type ${typeOf(index).name}; should be ${key.name}`);
  const value = memberOf(map as never, index) as GoValue;
  return value === undefined && type.elem !== undefined ? zeroOf(type.elem) : value;
}

/**
 * An index that may be as large as the limit.
 * @throws Error in Go's words.
 */
export function indexNumber(index: GoValue, limit: number): number {
  if (isNothing(index)) throw new Error("cannot index slice/array with nil");
  if (!(index instanceof Integer)) throw new Error(`cannot index slice/array with type ${typeOf(index).name}`);
  const signed = BigInt.asIntN(64, index.value);
  if (signed < 0n || signed > BigInt(limit)) throw new Error(`index out of range: ${signed}`);
  return Number(signed);
}
