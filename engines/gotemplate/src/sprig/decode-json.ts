import { setMember } from "@eddy/core/json";
import type { JsonObject } from "@eddy/core/json";
import { encodeGoString, toValidText } from "../value/go-string.ts";
import type { GoMap, GoValue } from "../value/go-value.ts";
import { CallError } from "./call-error.ts";
import { explainJson } from "./explain-json.ts";
import { nilList, nilMap } from "./nil.ts";

/** JSON as Go's encoding/json reads it into empty interfaces: all numbers are float64. */

/**
 * The value of a JSON text, as `shape` has it.
 * @throws CallError with Go's words
 */
export function decodeJson<Shape extends GoValue>(text: string, shape: (value: GoValue) => Shape): Shape {
  const valid = toValidText(text);
  let value: unknown;
  try {
    value = JSON.parse(valid);
  } catch {
    throw new CallError(explainJson(encodeGoString(text)));
  }
  const shaped = shape(value);
  // JavaScript keeps halves of characters that were escaped; and takes numbers without bound.
  if (/\\u[dD][89a-fA-F]/.test(valid) || /[0-9][eE]|[0-9]{300}/.test(valid)) return repair(shaped, valid) as Shape;
  return shaped;
}

function repair(value: unknown, text: string): GoValue {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number" && !Number.isFinite(value)) throw new CallError(explainLarge(text));
  if (Array.isArray(value)) return value.map((item) => repair(item, text));
  if (typeof value !== "object" || value === null) return value;
  const copy: JsonObject = {};
  for (const [key, member] of Object.entries(value)) setMember(copy, key.toWellFormed(), repair(member, text) as never);
  return copy;
}

function explainLarge(text: string): string {
  const withoutTexts = text.replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, '""');
  const numbers = withoutTexts.match(/-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g) ?? [];
  const large = numbers.find((number) => !Number.isFinite(Number(number)));
  return `json: cannot unmarshal number ${large} into Go value of type float64`;
}

function kindOf(value: GoValue): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

/** The value as a map: null is a nil one. @throws CallError for anything else */
export function asDecodedMap(value: GoValue): GoMap {
  if (value === null) return nilMap();
  if (typeof value === "object" && !Array.isArray(value)) return value as GoMap;
  throw new CallError(`json: cannot unmarshal ${kindOf(value)} into Go value of type map[string]interface {}`);
}

/** The value as a list: null is a nil one. @throws CallError for anything else */
export function asDecodedList(value: GoValue): GoValue[] {
  if (value === null) return nilList();
  if (Array.isArray(value)) return value;
  throw new CallError(`json: cannot unmarshal ${kindOf(value)} into Go value of type []interface {}`);
}
