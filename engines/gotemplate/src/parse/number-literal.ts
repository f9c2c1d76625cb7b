import { quoteGoString, unquoteCharacter } from "../fmt/quote.ts";
import type { NumberNode } from "./node.ts";

const largestInt = 2n ** 63n - 1n;
const largestUint = 2n ** 64n - 1n;

type NumberValue = Pick<NumberNode, "int" | "uint" | "float" | "complex">;

/**
 * What a number literal can stand for, as text/template/parse reads it: an integer is also a float, a float without a
 * fraction is also an integer. A text is why it is none.
 */
export function parseNumberLiteral(text: string, kind: "number" | "charConstant" | "complex"): NumberValue | string {
  if (kind === "charConstant") return parseCharacter(text);
  if (kind === "complex") return parseComplex(text);
  if (text.endsWith("i")) {
    const imaginary = parseGoFloat(text.slice(0, -1));
    if (typeof imaginary === "number") return simplifyComplex(0, imaginary);
  }
  const whole = parseGoInteger(text);
  const uint = whole !== undefined && !/^[+-]/.test(text) && whole <= largestUint ? whole : undefined;
  const int = whole !== undefined && whole <= largestInt && whole >= -largestInt - 1n ? whole : undefined;
  if (int !== undefined) {
    return { int, uint: int === 0n ? 0n : uint, float: Number(int), complex: undefined };
  }
  if (uint !== undefined) return { int, uint, float: Number(uint), complex: undefined };
  return parseFloatLiteral(text);
}

function parseFloatLiteral(text: string): NumberValue | string {
  const float = parseGoFloat(text);
  if (float === undefined || float === "range") return `illegal number syntax: ${quoteGoString(text)}`;
  // It looks like an integer and was none: too large.
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteGoString(text)}`;
  return { ...integersOf(float), float, complex: undefined };
}

function integersOf(float: number): { int: bigint | undefined; uint: bigint | undefined } {
  const whole = Number.isInteger(float) ? BigInt(float) : undefined;
  return {
    int: whole !== undefined && whole <= largestInt && whole >= -largestInt - 1n ? whole : undefined,
    uint: whole !== undefined && whole >= 0n && whole <= largestUint ? whole : undefined,
  };
}

function parseCharacter(text: string): NumberValue | string {
  const body = text.slice(1);
  const char = unquoteCharacter(body, "'");
  if (char === undefined) return "invalid syntax";
  if (body.slice(char.length) !== "'") return `malformed character constant: ${text}`;
  const whole = BigInt(char.code);
  return { int: whole, uint: whole, float: char.code, complex: undefined };
}

// What fmt's scanner takes for a float: it stops where that ends, and an `i` may be the beginning of Inf.
const floatToken =
  /[+-]?[iI]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eEpP][+-]?[0-9_]*)?)/y;

function scanFloat(text: string, at: number): string {
  floatToken.lastIndex = at;
  return floatToken.exec(text)?.[0] ?? "";
}

function parseComplex(text: string): NumberValue | string {
  const real = scanFloat(text, 0);
  const sign = text[real.length] ?? "";
  const imaginary = scanFloat(text, real.length + 1);
  const end = text[real.length + 1 + imaginary.length];
  if ((sign !== "+" && sign !== "-") || end !== "i") return "syntax error scanning complex number";
  const parts: number[] = [];
  for (const part of [real, sign + imaginary]) {
    const value = parseGoFloat(part);
    if (typeof value !== "number") {
      const why = value === "range" ? "value out of range" : "invalid syntax";
      return `strconv.ParseFloat: parsing ${quoteGoString(part)}: ${why}`;
    }
    parts.push(value);
  }
  return simplifyComplex(parts[0] ?? 0, parts[1] ?? 0);
}

function simplifyComplex(real: number, imaginary: number): NumberValue {
  const complex = { real, imaginary };
  if (imaginary !== 0) return { int: undefined, uint: undefined, float: undefined, complex };
  return { ...integersOf(real), float: real, complex };
}

const integerSyntax =
  /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;

/** strconv.ParseInt(text, 0, …) without its limits: prefixes 0x, 0o, 0b and 0, underscores between digits. */
export function parseGoInteger(text: string): bigint | undefined {
  if (!integerSyntax.test(text)) return undefined;
  const isNegative = text.startsWith("-");
  const digits = text.replace(/^[+-]/, "").replaceAll("_", "");
  const whole = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return isNegative ? -whole : whole;
}

const decimalSyntax =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const hexSyntax =
  /^([+-]?)0[xX]((?:_?[0-9a-fA-F])*)(?:\.((?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?))?[pP]([+-]?[0-9](?:_?[0-9])*)$/;

/** strconv.ParseFloat(text, 64) of decimal and hexadecimal digits; "range" where the number is too large. */
export function parseGoFloat(text: string): number | "range" | undefined {
  const hex = hexSyntax.exec(text);
  const value = hex === null ? parseDecimal(text) : parseHexFloat(hex);
  return value === undefined || Number.isFinite(value) ? value : "range";
}

function parseDecimal(text: string): number | undefined {
  return decimalSyntax.test(text) ? Number(text.replaceAll("_", "")) : undefined;
}

function parseHexFloat([, sign, whole = "", fraction = "", exponent = ""]: RegExpExecArray): number | undefined {
  const fractionDigits = fraction.replaceAll("_", "");
  const digits = whole.replaceAll("_", "") + fractionDigits;
  if (digits === "") return undefined;
  const power = Number(exponent.replaceAll("_", "")) - 4 * fractionDigits.length;
  const value = scaleByPowerOfTwo(BigInt(`0x${digits}`), power);
  return sign === "-" ? -value : value;
}

/** mantissa × 2^power rounded to the nearest float64, ties to even. */
function scaleByPowerOfTwo(mantissa: bigint, power: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (bits + power > 1024) return Number.POSITIVE_INFINITY;
  if (bits + power < -1080) return 0;
  if (power >= 0) return Number(mantissa << BigInt(power));
  // Number() rounds once; below the normal range the result has fewer bits, which must be cut before.
  const kept = Math.min(53, bits + power + 1074);
  if (kept <= 0) return roundAway(mantissa, bits, kept);
  const rounded = roundToBits(mantissa, bits - kept);
  return multiplyByPower(Number(rounded), power + Math.max(0, bits - kept));
}

function roundAway(mantissa: bigint, bits: number, kept: number): number {
  if (kept < 0) return 0;
  return mantissa > 1n << BigInt(bits - 1) ? 5e-324 : 0;
}

function roundToBits(mantissa: bigint, drop: number): bigint {
  if (drop <= 0) return mantissa;
  const shift = BigInt(drop);
  const floor = mantissa >> shift;
  const rest = mantissa - (floor << shift);
  const half = 1n << (shift - 1n);
  return rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor;
}

function multiplyByPower(value: number, power: number): number {
  // Two steps, because 2^-1074 times a large number and 2^1023 alone would leave the range.
  const half = Math.trunc(power / 2);
  return value * 2 ** half * 2 ** (power - half);
}
