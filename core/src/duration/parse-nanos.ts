import { EddyError } from "../errors/index.ts";
import { quoteForTime } from "./quote-for-time.ts";

const largest = 2n ** 63n - 1n;
const secondNanos = 1_000_000_000n;

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: secondNanos,
  m: 60n * secondNanos,
  h: 3_600n * secondNanos,
};

function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Nanoseconds of `1h2m3.5s`, `-1.5h`, `0`; within an int64. `encode` gives the bytes of a text where they are to be quoted:
 * UTF-8 unless told.
 * Source: Go's time.ParseDuration, 1.26.
 * @throws EddyError INVALID_DURATION (terminal), in Go's words
 */
export function parseNanos(text: string, encode: (text: string) => Uint8Array = encodeText): bigint {
  const quote = (part: string): string => quoteForTime(encode(part));
  const refusal = (why: string): EddyError =>
    new EddyError("INVALID_DURATION", `time: ${why} ${quote(text)}`, { class: "terminal" });
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw refusal("invalid duration");
  let total = 0n;
  while (rest !== "") {
    const [number, whole = "", fraction = ""] = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest) as RegExpExecArray;
    if (whole === "" && fraction === "") throw refusal("invalid duration");
    rest = rest.slice(number.length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? "";
    // An int64 has nineteen digits; more would take their time to be read.
    if (whole.replace(/^0+/, "").length > 19) throw refusal("invalid duration");
    if (unit === "") throw refusal("missing unit in duration");
    const nanos = Object.hasOwn(unitNanos, unit) ? unitNanos[unit] : undefined;
    if (nanos === undefined) throw refusal(`unknown unit ${quote(unit)} in duration`);
    rest = rest.slice(unit.length);
    total += BigInt(whole === "" ? 0 : whole) * nanos + fractionOf(fraction, nanos);
    if (total > largest + 1n) throw refusal("invalid duration");
  }
  if (text.startsWith("-")) return -total;
  if (total > largest) throw refusal("invalid duration");
  return total;
}

/** Go computes fractions in float64 and cuts the result. */
function fractionOf(digits: string, unit: bigint): bigint {
  const kept = digits.slice(0, 18);
  return kept === "" ? 0n : BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)));
}
