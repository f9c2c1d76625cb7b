import { quoteGoString } from "../../fmt/quote.ts";
import { type GoType, namedType } from "../../value/go-type.ts";
import { int64, Integer } from "../../value/integer.ts";
import { goMethod } from "../../function.ts";
import { CallError } from "../call-error.ts";

/** Durations as Go has them: whole nanoseconds in an int64. Source: Go's time.Duration. */

export const second = 1_000_000_000n;
const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3_600n * second,
};

function withoutZeros(whole: bigint, fraction: bigint, digits: number): string {
  const text = fraction.toString().padStart(digits, "0").replace(/0+$/, "");
  return text === "" ? String(whole) : `${whole}.${text}`;
}

/** `1h2m3.5s`, `1.5µs`, `0s`. Source: Go's Duration.String. */
export function formatNanos(nanos: bigint): string {
  if (nanos === 0n) return "0s";
  if (nanos < 0n) return `-${formatNanos(-nanos)}`;
  if (nanos < 1_000n) return `${nanos}ns`;
  if (nanos < 1_000_000n) return `${withoutZeros(nanos / 1_000n, nanos % 1_000n, 3)}µs`;
  if (nanos < second) return `${withoutZeros(nanos / 1_000_000n, nanos % 1_000_000n, 6)}ms`;
  const seconds = nanos / second;
  const minutes = seconds / 60n;
  const rest = `${withoutZeros(seconds % 60n, nanos % second, 9)}s`;
  if (minutes === 0n) return rest;
  return minutes < 60n ? `${minutes}m${rest}` : `${minutes / 60n}h${minutes % 60n}m${rest}`;
}

/**
 * Nanoseconds of `1h2m3.5s`, `-1.5h`, `0`.
 * Source: Go's time.ParseDuration.
 * @throws CallError with Go's words
 */
export function parseNanos(text: string): bigint {
  const invalid = (): CallError => new CallError(`time: invalid duration ${quoteGoString(text)}`);
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw invalid();
  let total = 0n;
  while (rest !== "") {
    const [number, whole = "", fraction = ""] = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest) as RegExpExecArray;
    if (whole === "" && fraction === "") throw invalid();
    rest = rest.slice(number.length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? "";
    if (unit === "") throw new CallError(`time: missing unit in duration ${quoteGoString(text)}`);
    const nanos = Object.hasOwn(unitNanos, unit) ? unitNanos[unit] : undefined;
    if (nanos === undefined) {
      throw new CallError(`time: unknown unit ${quoteGoString(unit)} in duration ${quoteGoString(text)}`);
    }
    rest = rest.slice(unit.length);
    total += BigInt(whole === "" ? 0 : whole) * nanos + fractionOf(fraction, nanos);
    if (total > largest + 1n) throw invalid();
  }
  if (text.startsWith("-")) return -total;
  if (total > largest) throw invalid();
  return total;
}

/** Go computes fractions in float64 and cuts the result. */
function fractionOf(digits: string, unit: bigint): bigint {
  const kept = digits.slice(0, 18);
  return kept === "" ? 0n : BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)));
}

/** Half away from zero to a multiple of `unit`; as it is for a unit that is not positive. Source: Go's Duration.Round. */
export function roundNanos(nanos: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanos;
  const rest = nanos % unit;
  const size = rest < 0n ? -rest : rest;
  if (size * 2n < unit) return nanos - rest;
  const rounded = nanos < 0n ? nanos - rest - unit : nanos - rest + unit;
  return rounded < smallest ? smallest : rounded > largest ? largest : rounded;
}

/** Towards zero to a multiple of `unit`. Source: Go's Duration.Truncate. */
export function truncateNanos(nanos: bigint, unit: bigint): bigint {
  return unit <= 0n ? nanos : nanos - (nanos % unit);
}

function inUnits({ value }: Integer, unit: bigint): number {
  return Number(value / unit) + Number(value % unit) / Number(unit);
}

const asUnits: (unit: bigint) => ReturnType<typeof goMethod> = (unit) =>
  goMethod([], "float64", (_, self: Integer) => inUnits(self, unit));

/** time.Duration. */
export const durationType: GoType = namedType("time.Duration", "int64", {
  format: (self: never) => formatNanos((self as Integer).value),
  methods: {
    String: goMethod([], "string", (_, self: Integer) => formatNanos(self.value)),
    Hours: asUnits(3_600n * second),
    Minutes: asUnits(60n * second),
    Seconds: asUnits(second),
    Milliseconds: goMethod([], "int64", (_, self: Integer) => int64(self.value / 1_000_000n)),
    Microseconds: goMethod([], "int64", (_, self: Integer) => int64(self.value / 1_000n)),
    Nanoseconds: goMethod([], "int64", (_, self: Integer) => int64(self.value)),
  },
});

/** A time.Duration of so many nanoseconds. */
export function durationOf(nanos: bigint): Integer {
  return new Integer("int64", BigInt.asIntN(64, nanos), durationType);
}

/** Hours, minutes or seconds of a number of nanoseconds as Go divides them. */
export function nanosIn(nanos: bigint, unit: bigint): number {
  return inUnits(int64(nanos), unit);
}
