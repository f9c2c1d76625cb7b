import { trimSpace } from "@eddy/core/trim";
import { quoteGoString } from "../fmt/quote.ts";
import { type FunctionTable, goFunction, type GoFunction } from "../function.ts";
import { type GoValue, typeOf } from "../value/go-value.ts";
import { int64, Integer } from "../value/integer.ts";
import { CallError } from "./call-error.ts";
import { parseFloat64 } from "./cast.ts";
import { show } from "./show.ts";
import { durationOf, durationType, nanosIn, parseNanos, roundNanos, second, truncateNanos } from "./time/duration.ts";

const maxSeconds = (2n ** 63n - 1n) / second;
const minSeconds = -maxSeconds;

function ofWholeSeconds(seconds: bigint): bigint {
  if (seconds > maxSeconds || seconds < minSeconds) throw new CallError(`duration seconds overflow: ${seconds}`);
  return seconds * second;
}

function ofFloatSeconds(seconds: number): bigint {
  if (!Number.isFinite(seconds)) throw new CallError(`invalid duration seconds: ${show(seconds)}`);
  const limit = 2 ** 63 / 1e9;
  if (seconds > limit || seconds < -limit) throw new CallError(`duration seconds overflow: ${show(seconds)}`);
  const nanos = seconds * 1e9;
  if (nanos > 2 ** 63 || nanos < -(2 ** 63)) throw new CallError(`duration nanoseconds overflow: ${show(nanos)}`);
  return nanos === 2 ** 63 ? -(2n ** 63n) : BigInt(Math.trunc(nanos));
}

function ofText(text: string): bigint {
  const trimmed = trimSpace(text);
  if (trimmed === "") throw new CallError("empty duration");
  try {
    return parseNanos(trimmed);
  } catch {
    const seconds = parseFloat64(trimmed);
    if (seconds === undefined) throw new CallError(`could not parse duration ${quoteGoString(text)}`);
    return ofFloatSeconds(seconds);
  }
}

/** Nanoseconds of a duration, of its text, or of a number of seconds. Source: Helm 4.3's asDuration. */
function nanosOf(value: GoValue): bigint {
  if (typeof value === "string") return ofText(value);
  if (typeof value === "number") return ofFloatSeconds(value);
  if (value === null || value === undefined) throw new CallError("invalid duration");
  if (!(value instanceof Integer)) throw new CallError(`unsupported duration type ${typeOf(value).name}`);
  return value.named?.name === "time.Duration" ? value.value : ofWholeSeconds(value.value);
}

function nanosOr(value: GoValue, fallback: bigint): bigint {
  try {
    return nanosOf(value);
  } catch (error) {
    if (error instanceof CallError) return fallback;
    throw error;
  }
}

function inUnits(unit: bigint, divisors: readonly number[] = []): GoFunction {
  return goFunction(["any"], "float64", (_, value) =>
    divisors.reduce((number, divisor) => number / divisor, nanosIn(nanosOr(value, 0n), unit)),
  );
}

function inWhole(unit: bigint): GoFunction {
  return goFunction(["any"], "int64", (_, value) => int64(nanosOr(value, 0n) / unit));
}

function changing(change: (nanos: bigint, unit: bigint) => bigint): GoFunction {
  return goFunction(["any", "any"], durationType, (_, value, unit) => {
    const nanos = nanosOr(value, 0n);
    // A unit that is none changes nothing.
    return durationOf(change(nanos, nanosOr(unit, 0n)));
  });
}

/** The functions on durations that Helm 4 has of its own. */
export const helmDurationFunctions: FunctionTable = {
  mustToDuration: goFunction(["any"], durationType, (_, value) => durationOf(nanosOf(value))),
  durationSeconds: inUnits(second),
  durationMinutes: inUnits(60n * second),
  durationHours: inUnits(3_600n * second),
  durationDays: inUnits(3_600n * second, [24]),
  durationWeeks: inUnits(3_600n * second, [24, 7]),
  durationMilliseconds: inWhole(1_000_000n),
  durationMicroseconds: inWhole(1_000n),
  durationNanoseconds: inWhole(1n),
  durationRoundTo: changing(roundNanos),
  durationTruncateTo: changing(truncateNanos),
};
