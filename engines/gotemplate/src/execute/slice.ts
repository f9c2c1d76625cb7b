import { sliceGoString } from "../value/go-string.ts";
import { followPointer, type GoValue, tag, tagOf, typeOf } from "../value/go-value.ts";
import { indexNumber, lengthOf } from "./index-value.ts";

/** Stands for an index whose static type is an interface. */
export const interfaceIndex: unique symbol = Symbol("interface {}");

/**
 * `slice`: the elements or bytes from one index to another.
 * @throws Error in Go's words.
 */
export function sliceOf(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new Error("slice of untyped nil");
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new Error("cannot 3-index slice a string");
  if (!isText && !Array.isArray(item) && !(item instanceof Uint8Array)) {
    throw new Error(`can't slice item of type ${typeOf(followPointer(item)).name}`);
  }
  const length = lengthOf(item);
  const [start = 0, end = length, capacity] = indexes.map((index) => boundOf(index, length));
  if (start > end) throw new Error(`invalid slice index: ${start} > ${end}`);
  if (capacity !== undefined && end > capacity) throw new Error(`invalid slice index: ${end} > ${capacity}`);
  if (typeof item === "string") return sliceGoString(item, start, end);
  if (item instanceof Uint8Array) return item.subarray(start, end);
  const type = tagOf(item);
  const part = item.slice(start, end);
  return type === undefined ? part : tag(part, type);
}

function boundOf(index: GoValue, length: number): number {
  if (index === interfaceIndex) throw new Error("cannot index slice/array with type interface {}");
  return indexNumber(index, length);
}
