import { type Json, sortKeys } from "@eddy/core/json";

const escaped: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** Go's `json.Marshal`: keys sorted by bytes, `<`, `>`, `&` escaped. */
export function encodeGoJson(value: Json): string {
  return write(value, undefined);
}

/** Go's `json.MarshalIndent` with two spaces. */
export function indentGoJson(value: Json): string {
  return write(value, 2);
}

function write(value: Json, indent: number | undefined): string {
  const bigints: string[] = [];
  const text = JSON.stringify(
    sortKeys(value),
    (_key, member: unknown) =>
      typeof member === "bigint" ? `\u0000${bigints.push(String(member)) - 1}\u0000` : member,
    indent,
  );
  const numbers =
    bigints.length === 0
      ? text
      : text.replace(/"\\u0000(\d+)\\u0000"/g, (_all, index: string) => bigints[Number(index)] ?? "");
  return numbers.replace(/[<>&\u2028\u2029]/g, (character) => escaped[character] ?? character);
}
