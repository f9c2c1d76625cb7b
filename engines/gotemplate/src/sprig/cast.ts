import type { GoValue } from "../value/go-value.ts";
import { int, int64, Integer } from "../value/integer.ts";

/** Numbers from whatever is given, 0 where that is none. Source: spf13/cast 1.7, which sprig uses. */

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/** Digits of Go's integer literals with their base. */
const literal = /^([+-]?)(?:0b(?<bin>[01_]+)|0o?(?<oct>[0-7_]+)|0x(?<hex>[0-9a-f_]+)|(?<dec>0|[1-9][0-9_]*))$/i;

/** Underscores may stand between digits, and between a base's prefix and a digit. Source: strconv's underscoreOK. */
function underscoresStandWell(text: string): boolean {
  if (!text.includes("_")) return true;
  const isHex = /^[+-]?0x/i.test(text);
  const digits = text.replace(/^[+-]?0[box]/i, "0");
  return !(isHex ? /(?:^|[^0-9a-f])_|_(?:[^0-9a-f]|$)/i : /(?:^|[^0-9])_|_(?:[^0-9]|$)/).test(digits);
}

/**
 * An int64 from text in Go's literals: `12`, `-0x1f`, `0o17`, `017`, `0b1`, `1_000`. Undefined where it is none or too large.
 * Source: strconv.ParseInt with base 0.
 */
export function parseInteger(text: string): bigint | undefined {
  const match = literal.exec(text);
  if (match?.groups === undefined) return undefined;
  if (!underscoresStandWell(text)) return undefined;
  const { bin, oct, hex, dec } = match.groups;
  const digits = (bin ?? oct ?? hex ?? dec ?? "").replaceAll("_", "");
  const prefix = bin !== undefined ? "0b" : oct !== undefined ? "0o" : hex !== undefined ? "0x" : "";
  const value = BigInt(prefix + digits) * (match[1] === "-" ? -1n : 1n);
  return value < smallest || value > largest ? undefined : value;
}

/** An int64 from digits of one base with a sign. Source: strconv.ParseInt. */
export function parseDigits(text: string, base: 8 | 10): bigint | undefined {
  const match = (base === 8 ? /^([+-]?)([0-7]+)$/ : /^([+-]?)([0-9]+)$/).exec(text);
  if (match === null) return undefined;
  const value = BigInt(`${base === 8 ? "0o" : ""}${match[2]}`) * (match[1] === "-" ? -1n : 1n);
  return value < smallest || value > largest ? undefined : value;
}

const decimalFloat = /^[+-]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:e[+-]?[0-9_]+)?$/i;
const hexFloat = /^([+-]?)0x([0-9a-f_]*)(?:\.([0-9a-f_]*))?p([+-]?[0-9_]+)$/i;

/**
 * A float64 from text as Go writes it, undefined where it is none or too large. Source: strconv.ParseFloat.
 */
export function parseFloat64(text: string): number | undefined {
  const word = /^([+-]?)(?:inf|infinity|nan)$/i.exec(text);
  if (word !== null) return /nan$/i.test(text) ? (word[1] === "" ? Number.NaN : undefined) : infinity(word[1]);
  if (!underscoresStandWell(text)) return undefined;
  const hex = hexFloat.exec(text);
  const value = hex === null ? parseDecimal(text) : parseHex(hex);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function infinity(sign: string | undefined): number {
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function parseDecimal(text: string): number | undefined {
  return decimalFloat.test(text) ? Number(text.replaceAll("_", "")) : undefined;
}

function parseHex([, sign, whole = "", fraction = "", exponent = ""]: RegExpExecArray): number | undefined {
  const digits = (whole + fraction).replaceAll("_", "");
  if (digits === "") return undefined;
  // Exact for up to 53 bits; more are rounded once by Number and not again by a power of two.
  const power = Number(exponent.replaceAll("_", "")) - 4 * fraction.replaceAll("_", "").length;
  return Number(BigInt(`0x${digits}`)) * 2 ** power * (sign === "-" ? -1 : 1);
}

/** `1.000` is 1. Source: cast's trimZeroDecimal. */
function trimZeroDecimal(text: string): string {
  return text.replace(/\.0+$/, "");
}

/** A float64 cut to an int64; what does not fit, and NaN, is the smallest, as on amd64. */
export function truncateFloat(value: number): bigint {
  const whole = Math.trunc(value);
  return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : smallest;
}

function toExact(value: GoValue): bigint {
  switch (typeof value) {
    case "number":
      return truncateFloat(value);
    case "string":
      return parseInteger(trimZeroDecimal(value)) ?? 0n;
    case "boolean":
      return value ? 1n : 0n;
    default:
      return value instanceof Integer && isPlainOrCalendar(value) ? BigInt.asIntN(64, value.value) : 0n;
  }
}

/** Named integers are no numbers to cast, but for months and weekdays. */
function isPlainOrCalendar({ named }: Integer): boolean {
  return named === undefined || named.name === "time.Month" || named.name === "time.Weekday";
}

/** Source: cast.ToInt64. */
export function toInt64(value: GoValue): Integer {
  return int64(toExact(value));
}

/** Source: cast.ToInt. */
export function toInt(value: GoValue): Integer {
  return int(toExact(value));
}

/** Source: cast.ToFloat64. Durations have no such method, times neither. */
export function toFloat64(value: GoValue): number {
  switch (typeof value) {
    case "number":
      return value;
    case "string":
      return parseFloat64(value) ?? 0;
    case "boolean":
      return value ? 1 : 0;
    default:
      return value instanceof Integer && isPlainOrCalendar(value) ? value.toNumber() : 0;
  }
}
