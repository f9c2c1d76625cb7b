import { followPointer, type GoValue, typeOf } from "../value/go-value.ts";

/** What a template prints for a value: a pointer is followed unless it says itself how it is printed, nothing is a text. */
export function printableOf(value: GoValue): GoValue {
  if (value === undefined || value === null) return "<no value>";
  return typeof value === "object" && typeOf(value).format === undefined ? followPointer(value) : value;
}
