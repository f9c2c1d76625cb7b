import { type Flags, pad } from "./flags.ts";
import { type FloatFormat, formatFloat } from "./float.ts";
import { isPrintable, quoteCharacter } from "./quote.ts";

/** An integer in a base, as Go's fmt writes it: sign, prefix, precision as digits, zeros up to the width. */
export function formatInteger(value: bigint, base: 2 | 8 | 10 | 16, verb: string, flags: Flags): string {
  const { width, precision } = flags;
  const isNegative = value < 0n;
  if (precision === 0 && value === 0n) return " ".repeat(width ?? 0);
  let least = precision ?? 0;
  if (precision === undefined && flags.zero && !flags.minus && width !== undefined) {
    least = isNegative || flags.plus || flags.space ? width - 1 : width;
  }
  const plain = (isNegative ? -value : value).toString(base);
  let digits = (verb === "X" ? plain.toUpperCase() : plain).padStart(least, "0");
  if (flags.sharp) digits = basePrefix(base, verb, digits) + digits;
  if (verb === "O") digits = `0o${digits}`;
  const sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  return pad(sign + digits, flags, false);
}

function basePrefix(base: 2 | 8 | 10 | 16, verb: string, digits: string): string {
  if (base === 2) return "0b";
  if (base === 8) return digits.startsWith("0") ? "" : "0";
  return base === 16 ? (verb === "X" ? "0X" : "0x") : "";
}

/** `%c` */
export function formatCharacter(value: bigint, flags: Flags): string {
  return pad(String.fromCodePoint(characterOf(value)), flags);
}

/** `%q` of an integer */
export function formatQuotedCharacter(value: bigint, flags: Flags): string {
  return pad(quoteCharacter(characterOf(value), flags.plus), flags);
}

function characterOf(value: bigint): number {
  const unsigned = BigInt.asUintN(64, value);
  return unsigned > 0x10_ffffn || (unsigned >= 0xd800n && unsigned <= 0xdfffn) ? 0xfffd : Number(unsigned);
}

/** `%U` and `%#U` */
export function formatUnicodeNumber(value: bigint, flags: Flags): string {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), "0");
  const isCharacter = unsigned <= 0x10_ffffn && (unsigned < 0xd800n || unsigned > 0xdfffn);
  const char = isCharacter ? String.fromCodePoint(Number(unsigned)) : "";
  const shown = flags.sharp && isCharacter && isPrintable(char) ? ` '${char}'` : "";
  return pad(`U+${digits}${shown}`, flags, false);
}

/** A float by format letter and the precision that the verb has by itself. */
export function formatFloatVerb(value: number, format: FloatFormat, ownPrecision: number, flags: Flags): string {
  const precision = flags.precision ?? ownPrecision;
  let text = formatFloat(value, format, precision);
  let sign = "+";
  if (text[0] === "-" || text[0] === "+") {
    sign = text[0];
    text = text.slice(1);
  }
  if (flags.space && sign === "+" && !flags.plus) sign = " ";
  if (text === "Inf" || text === "NaN") return formatSpecial(text, sign, flags);
  if (flags.sharp && format !== "b") text = withPoint(text, format, precision);
  if (!flags.plus && sign === "+") return pad(text, flags);
  if (flags.zero && !flags.minus && flags.width !== undefined) return sign + text.padStart(flags.width - 1, "0");
  return pad(sign + text, flags);
}

function formatSpecial(text: string, sign: string, flags: Flags): string {
  // An infinity always shows its sign.
  const isUnsigned = text === "NaN" && !flags.space && !flags.plus;
  return pad(isUnsigned ? text : sign + text, flags, false);
}

/** `%#g`: a decimal point always, and zeros up to the precision. */
function withPoint(text: string, format: FloatFormat, precision: number): string {
  const isHex = format === "x" || format === "X";
  const match = (isHex ? /^([^pP]*)(.*)$/ : /^([^eE]*)(.*)$/).exec(text);
  const [head = "", tail = ""] = [match?.[1], match?.[2]];
  const wanted = format === "g" || format === "G" || format === "x" ? (precision === -1 ? 6 : precision) : 0;
  const digits = isHex ? head : head.replace(".", "");
  const significant = digits.replace(/^[0.]+/, "").replaceAll(/[^0-9a-zA-Z]/g, "").length;
  const counted = significant + (head === "0" ? 1 : 0);
  const point = head.includes(".") ? "" : ".";
  return head + point + "0".repeat(Math.max(0, wanted - counted)) + tail;
}
