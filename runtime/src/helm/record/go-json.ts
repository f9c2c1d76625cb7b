import { compareText, isObject, type Json } from "@eddy/core/json";

const escaped: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON as Go's `encoding/json` writes a map: keys by bytes, `<`, `>` and `&` escaped; a `bigint` is an integer. */
export function formatGoJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(formatGoJson).join(",")}]`;
  if (typeof value === "bigint") return String(value);
  if (!isObject(value)) return formatScalar(value);
  return formatGoStruct(
    Object.keys(value)
      .sort(compareText)
      .flatMap((key): [string, string][] => {
        const member = value[key];
        return member === undefined ? [] : [[key, formatGoJson(member)]];
      }),
  );
}

/** JSON of a Go struct: the fields as they come, each with the JSON of its value. */
export function formatGoStruct(fields: readonly (readonly [string, string])[]): string {
  return `{${fields.map(([name, json]) => `${formatScalar(name)}:${json}`).join(",")}}`;
}

function formatScalar(value: string | number | boolean | null): string {
  const text = Object.is(value, -0) ? "-0" : JSON.stringify(value);
  return typeof value === "string" ? escape(text) : text;
}

// A lone half of a surrogate pair is no character to Go.
function escape(json: string): string {
  return json
    .replace(/\\ud[89a-f][0-9a-f]{2}/g, "\\ufffd")
    .replace(/[<>&\u2028\u2029]/g, (character) => escaped[character] ?? character);
}
