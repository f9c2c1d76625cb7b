import { Buffer } from "node:buffer";
import { BadPattern, matchGlob } from "./match-glob.ts";
import type { SubstitutionBudget } from "./substitution-budget.ts";
import { SubstitutionError } from "./substitution-error.ts";

/** Patterns are tried on every part of a value: a longer one would take seconds. */
const maxTrimBytes = 16 * 1024;
/** Two values of a megabyte could make a terabyte together. */
const maxReplaced = 16 * 1024 * 1024;

type Operator = (value: string, args: readonly string[], budget: SubstitutionBudget) => string;

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  [",", (value) => mapFirst(value, lower)],
  [",,", (value) => Array.from(value, lower).join("")],
  ["^", (value) => mapFirst(value, upper)],
  ["^^", (value) => Array.from(value, upper).join("")],
  [
    "#",
    (value, args, budget) =>
      args.length === 0 ? String(Buffer.byteLength(value)) : trim(value, args[0] ?? "", "shortest", budget),
  ],
  ["##", (value, args, budget) => trim(value, args[0] ?? "", "longest", budget)],
  ["%", (value, args, budget) => reverse(trim(reverse(value), reverse(args[0] ?? ""), "shortest", budget))],
  ["%%", (value, args, budget) => reverse(trim(reverse(value), reverse(args[0] ?? ""), "longest", budget))],
  [":", substring],
  ["/", (value, [search = "", replacement = ""]) => value.replace(search, () => replacement)],
  ["//", replaceAll],
  ["/#", replacePrefix],
  ["/%", replaceSuffix],
]);

const defaults: ReadonlySet<string> = new Set(["=", ":=", ":-", ":?", ":+"]);

/** Whether an operator is content with a variable that is not set. All of them mean: the argument if unset or empty. */
export function isDefaultOperator(operator: string): boolean {
  return defaults.has(operator);
}

/**
 * What an operator makes of a value. Lengths and offsets count bytes of UTF-8.
 * @throws SubstitutionError where a character would be cut, or a pattern is to be tried on too long a value
 */
export function applyOperator(
  operator: string,
  value: string,
  args: readonly string[],
  budget: SubstitutionBudget,
): string {
  const apply = operators.get(operator);
  if (apply !== undefined) return apply(value, args, budget);
  return value === "" ? args.join("") : value;
}

/** One character to one character, as Go maps case: `ß` has no upper case of its own. */
function upper(char: string): string {
  return single(char, char.toUpperCase());
}

function lower(char: string): string {
  return char === "\u0130" ? "i" : single(char, char.toLowerCase());
}

function single(char: string, mapped: string): string {
  return Array.from(mapped).length === 1 ? mapped : char;
}

function mapFirst(value: string, map: (char: string) => string): string {
  const first = value.codePointAt(0);
  if (first === undefined) return value;
  const char = String.fromCodePoint(first);
  return map(char) + value.slice(char.length);
}

function substring(value: string, [offset = "", length]: readonly string[]): string {
  const bytes = Buffer.from(value);
  const from = parseNumber(offset);
  const count = length === undefined ? Infinity : parseNumber(length);
  // As in bash, what is no number changes nothing.
  if (from === undefined || count === undefined) return value;
  const start = from < 0 ? Math.max(bytes.length + from, 0) : from;
  if (start + count >= bytes.length) return toText(bytes.subarray(start));
  const end = count < 0 ? bytes.length + count : start + count;
  return end < start ? "" : toText(bytes.subarray(start, end));
}

function parseNumber(text: string): number | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return value >= -(2n ** 63n) && value < 2n ** 63n ? Number(value) : undefined;
}

function toText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("utf8");
  if (Buffer.byteLength(text) === bytes.length && Buffer.from(text).equals(bytes)) return text;
  throw new SubstitutionError("substitute: a character would be cut in half, offsets and lengths count bytes");
}

/** An empty text is found between all characters. */
function replaceAll(value: string, [search = "", replacement = ""]: readonly string[]): string {
  const pieces = search === "" ? ["", ...Array.from(value), ""] : value.split(search);
  if (value.length + pieces.length * replacement.length > maxReplaced) {
    throw new SubstitutionError(`substitute: want at most ${maxReplaced} characters from one replacement`);
  }
  return pieces.join(replacement);
}

/** Without a replacement nothing happens. */
function replacePrefix(value: string, [search = "", replacement]: readonly string[]): string {
  return replacement !== undefined && value.startsWith(search) ? replacement + value.slice(search.length) : value;
}

function replaceSuffix(value: string, [search = "", replacement]: readonly string[]): string {
  if (replacement === undefined || !value.endsWith(search)) return value;
  return value.slice(0, value.length - search.length) + replacement;
}

function reverse(text: string): string {
  return Array.from(text).reverse().join("");
}

/** Cuts off the shortest or longest beginning, of at least a byte, that a pattern matches. */
function trim(value: string, pattern: string, which: "shortest" | "longest", budget: SubstitutionBudget): string {
  const bytes = Buffer.from(value);
  if (bytes.length > maxTrimBytes) {
    throw new SubstitutionError(`substitute: want at most ${maxTrimBytes} bytes to trim, have ${bytes.length}`);
  }
  const length = matchedLength(bytes, Buffer.from(pattern), which === "longest", budget);
  return length === 0 ? value : toText(bytes.subarray(length));
}

/** A broken pattern cuts nothing off. */
function matchedLength(bytes: Uint8Array, pattern: Uint8Array, first: boolean, budget: SubstitutionBudget): number {
  let matched = 0;
  try {
    for (let length = bytes.length; length > 0; length--) {
      if (!matchGlob(pattern, bytes.subarray(0, length), (count) => budget.spendSteps(count))) continue;
      matched = length;
      if (first) break;
    }
  } catch (error) {
    if (error instanceof BadPattern) return 0;
    throw error;
  }
  return matched;
}
