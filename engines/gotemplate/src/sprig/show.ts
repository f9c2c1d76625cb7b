import { printOne } from "../fmt/sprint.ts";
import { decodeGoString } from "../value/go-string.ts";
import { type GoValue, tagOf } from "../value/go-value.ts";

/** What `%v` prints. */
export function show(value: GoValue): string {
  return typeof value === "string" ? value : printOne(value);
}

/** A value as text: strings and bytes as they are, others as `%v` prints them. Source: sprig's strval. */
export function textOf(value: GoValue): string {
  return value instanceof Uint8Array ? decodeGoString(value) : show(value);
}

/** The texts of a list's items without nils; of anything else one text, of nil none. Source: sprig's strslice. */
export function textsOf(value: GoValue): string[] {
  // A list of texts is given back as it is, nil as nil.
  if (Array.isArray(value) && tagOf(value)?.name === "[]string") return value as string[];
  if (Array.isArray(value)) return value.filter((item) => item !== null && item !== undefined).map(textOf);
  if (value instanceof Uint8Array) return Array.from(value, String);
  return value === null || value === undefined ? [] : [textOf(value)];
}
