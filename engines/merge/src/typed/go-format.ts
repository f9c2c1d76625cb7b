import { compareText, type Json, type JsonObject } from "@eddy/core/json";
import { quoteGo } from "@eddy/core/go-text";

/** A JSON value's Go type, as `%T` prints it. */
export function goTypeOf(value: Json): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  return typeof value === "object" ? "map[string]interface {}" : Number.isInteger(Number(value)) ? "int64" : "float64";
}

function sortedEntries(value: JsonObject): [string, Json][] {
  const present = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return present.sort(([left], [right]) => compareText(left, right));
}

/** A JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export function formatGoValue(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const members = sortedEntries(value).map(([name, member]) => `${name}:${formatGoValue(member)}`);
  return `map[${members.join(" ")}]`;
}

/** A JSON value as Go's `%#v` prints it: `map[string]interface {}{"a":1}`. */
export function formatGoLiteral(value: Json): string {
  if (value === null) return "interface {}(nil)";
  if (typeof value === "string") return quoteGo(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(formatGoLiteral).join(", ")}}`;
  if (typeof value !== "object") return String(value);
  const members = sortedEntries(value).map(([name, member]) => `${quoteGo(name)}:${formatGoLiteral(member)}`);
  return `map[string]interface {}{${members.join(", ")}}`;
}
