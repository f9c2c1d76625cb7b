import { deepEqual, type Json } from "@eddy/core/json";
import type { Visit } from "./evaluate.ts";
import { formatProblem } from "./formats.ts";
import { matchesPattern } from "./patterns.ts";
import { formatCount, quoteText } from "./problem.ts";

const typeOrder = ["null", "boolean", "number", "integer", "string", "array", "object"];

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

function tell(visit: Visit, text: string): void {
  visit.problems.push({ at: visit.at, text, causes: [] });
}

/** `type`. */
export function evaluateType(visit: Visit): void {
  const { type } = visit.schema;
  const named = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === "string");
  if (named.length === 0) return;
  const got = typeOf(visit.value);
  const isInteger = got === "number" && (typeof visit.value === "bigint" || Number.isInteger(visit.value));
  if (named.includes(got) || (isInteger && named.includes("integer"))) return;
  const want = typeOrder.filter((name) => named.includes(name)).join(" or ");
  tell(visit, `got ${got}, want ${want}`);
}

/** `const`, `enum` and `format`. The first that fails ends it. */
export function evaluateConst(visit: Visit): void {
  const { schema, value, located } = visit;
  if (located.draft > 4 && Object.hasOwn(schema, "const")) {
    const wanted = schema["const"] ?? null;
    if (!isSame(value, wanted)) {
      const isPlain = typeof wanted !== "object" || wanted === null;
      return tell(visit, isPlain ? `value must be ${display(wanted)}` : "'const' failed");
    }
  }
  const choices = schema["enum"];
  if (Array.isArray(choices) && !choices.some((choice) => isSame(value, choice))) return tell(visit, enumText(choices));
  const { format } = schema;
  const problem =
    typeof format === "string" && located.draft < 2019 && typeof value === "string"
      ? formatProblem(format, value)
      : undefined;
  if (problem !== undefined) tell(visit, `${display(value)} is not valid ${String(format)}: ${problem}`);
}

function isSame(left: Json, right: Json): boolean {
  return deepEqual(plain(left), plain(right));
}

function plain(value: Json): Json {
  return typeof value === "bigint" ? Number(value) : Object.is(value, -0) ? 0 : value;
}

function enumText(choices: readonly Json[]): string {
  if (choices.some((choice) => typeof choice === "object" && choice !== null)) return "'enum' failed";
  const [first] = choices;
  if (choices.length === 1) return `value must be ${display(first ?? null)}`;
  return `value must be one of ${choices.map(display).join(", ")}`;
}

function display(value: Json): string {
  if (typeof value === "string") return quoteText(value);
  if (value === null) return "<nil>";
  return typeof value === "object" ? "value" : String(value);
}

/** Keywords about text. */
export function evaluateString(visit: Visit, text: string): void {
  const { minLength, maxLength, pattern } = visit.schema;
  const length = Array.from(text).length;
  if (typeof minLength === "number" && length < minLength)
    tell(visit, `minLength: got ${formatCount(length)}, want ${formatCount(minLength)}`);
  if (typeof maxLength === "number" && length > maxLength)
    tell(visit, `maxLength: got ${formatCount(length)}, want ${formatCount(maxLength)}`);
  if (typeof pattern === "string" && !matchesPattern(pattern, text))
    tell(visit, `${quoteText(text)} does not match pattern ${quoteText(pattern)}`);
}

/** Keywords about numbers. */
export function evaluateNumber(visit: Visit, value: number | bigint): void {
  const { schema } = visit;
  const got = Number(value);
  const limit = (keyword: string, isWrong: (want: number) => boolean): void => {
    const want = schema[keyword];
    const bound = typeof want === "number" || typeof want === "bigint" ? Number(want) : undefined;
    if (bound !== undefined && isWrong(bound))
      tell(visit, `${keyword}: got ${formatCount(got)}, want ${formatCount(bound)}`);
  };
  const exclusive = (keyword: string): boolean => schema[keyword] === true;
  if (exclusive("exclusiveMinimum")) {
    const want = schema["minimum"];
    if (typeof want === "number" && got <= want)
      tell(visit, `exclusiveMinimum: got ${formatCount(got)}, want ${formatCount(want)}`);
  } else limit("minimum", (want) => got < want);
  if (exclusive("exclusiveMaximum")) {
    const want = schema["maximum"];
    if (typeof want === "number" && got >= want)
      tell(visit, `exclusiveMaximum: got ${formatCount(got)}, want ${formatCount(want)}`);
  } else limit("maximum", (want) => got > want);
  limit("exclusiveMinimum", (want) => got <= want);
  limit("exclusiveMaximum", (want) => got >= want);
  limit("multipleOf", (want) => !isMultiple(got, want));
}

/** Exactly, on the decimal digits that both are written with. */
function isMultiple(value: number, of: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(of)) return value % of === 0;
  const [left, right] = [decimal(value), decimal(of)];
  const exponent = Math.min(left.exponent, right.exponent);
  const scaled = ({ digits, exponent: own }: { digits: bigint; exponent: number }): bigint =>
    digits * 10n ** BigInt(own - exponent);
  return scaled(right) !== 0n && scaled(left) % scaled(right) === 0n;
}

function decimal(value: number): { digits: bigint; exponent: number } {
  const [mantissa = "0", power = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}
