import { parseNanos as parseText } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import { encodeGoString } from "../../value/go-string.ts";
import { type GoType, namedType } from "../../value/go-type.ts";
import { int64, Integer } from "../../value/integer.ts";
import { goMethod } from "../../function.ts";
import { CallError } from "../call-error.ts";

/** Durations as Go has them: whole nanoseconds in an int64. Source: Go's time.Duration. */

export const second = 1_000_000_000n;
const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

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
 * @throws CallError with the words of Go's time.ParseDuration
 */
export function parseNanos(text: string): bigint {
  try {
    return parseText(text, encodeGoString);
  } catch (error) {
    throw new CallError(messageOf(error));
  }
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
