import { type FunctionTable, goFunction } from "../function.ts";
import type { GoValue } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";
import { CallError } from "./call-error.ts";
import { parseDigits } from "./cast.ts";
import type { Ports } from "./ports.ts";
import { difference, GoTime, parseTime, timeType, zeroTime } from "./time/go-time.ts";
import { durationOf, formatNanos, parseNanos, roundNanos, second } from "./time/duration.ts";
import { loadZone, utc, type Zone } from "./time/zone.ts";

const hour = 3_600n * second;

/** Units of durationRound, largest first. */
const units: readonly (readonly [bigint, string])[] = [
  [hour * 24n * 365n, "y"],
  [hour * 24n * 30n, "mo"],
  [hour * 24n, "d"],
  [hour, "h"],
  [60n * second, "m"],
  [second, "s"],
];

/** `2h` for `2h10m5s`: a duration in its largest unit. */
function roundToUnit(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const unit = units.find(([length]) => size > length);
  return unit === undefined ? "0s" : `${size / unit[0]}${unit[1]}`;
}

/** A named integer, such as a duration, is none of Go's plain ones. */
function isPlain(value: GoValue, ...types: string[]): value is Integer {
  return value instanceof Integer && value.named === undefined && types.includes(value.type);
}

/** A date as sprig takes one: a time, or seconds since 1970; anything else is now. */
function instantOf(value: GoValue, ports: Ports, ...types: string[]): GoTime {
  if (value instanceof GoTime) return value;
  if (isPlain(value, ...types)) return new GoTime(value.value * second, ports.local);
  return new GoTime(ports.now(), ports.local);
}

function orNone<Value>(action: () => Value, fallback: Value): Value {
  try {
    return action();
  } catch (error) {
    if (error instanceof CallError) return fallback;
    throw error;
  }
}

function secondsOf(value: GoValue): bigint {
  if (typeof value === "string") return parseDigits(value, 10) ?? overflow(value);
  return isPlain(value, "int64") ? value.value : 0n;
}

/** strconv gives the nearest number with its error, and sprig drops the error. */
function overflow(text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0n;
  return text.startsWith("-") ? -(2n ** 63n) : 2n ** 63n - 1n;
}

/** Functions on dates and durations. */
export function dateFunctions(ports: Ports): FunctionTable {
  const show = (layout: string, value: GoValue, zone: Zone): string =>
    instantOf(value, ports, "int64", "int", "int32").in(zone).format(layout);
  const zoneNamed = (name: string): Zone => (name === "Local" ? ports.local : (loadZone(name) ?? utc));
  const dateInZone = goFunction(["string", "any", "string"], "string", (_, layout, value, zone) =>
    show(layout, value, zoneNamed(zone)),
  );
  const dateModify = goFunction(["string", timeType], timeType, (_, by, time) =>
    orNone(() => (time as GoTime).plus(parseNanos(by)), time as GoTime),
  );
  const mustDateModify = goFunction(["string", timeType], timeType, (_, by, time) =>
    (time as GoTime).plus(parseNanos(by)),
  );
  return {
    now: goFunction([], timeType, () => new GoTime(ports.now(), ports.local)),
    date: goFunction(["string", "any"], "string", (_, layout, value) => show(layout, value, ports.local)),
    htmlDate: goFunction(["any"], "string", (_, value) => show("2006-01-02", value, ports.local)),
    htmlDateInZone: goFunction(["any", "string"], "string", (_, value, zone) =>
      show("2006-01-02", value, zoneNamed(zone)),
    ),
    dateInZone,
    date_in_zone: dateInZone,
    dateModify,
    date_modify: dateModify,
    mustDateModify,
    must_date_modify: mustDateModify,
    toDate: goFunction(["string", "string"], timeType, (_, layout, text) =>
      orNone(() => parseTime(layout, text, ports.local), zeroTime()),
    ),
    mustToDate: goFunction(["string", "string"], timeType, (_, layout, text) => parseTime(layout, text, ports.local)),
    unixEpoch: goFunction([timeType], "string", (_, time) => String((time as GoTime).seconds)),
    ago: goFunction(["any"], "string", (_, value) => {
      const age = difference(ports.now() - instantOf(value, ports, "int64", "int").nanos).value;
      return formatNanos(roundNanos(age, second));
    }),
    duration: goFunction(["any"], "string", (_, value) => formatNanos(durationOf(secondsOf(value) * second).value)),
    durationRound: goFunction(["any"], "string", (_, value) => {
      if (typeof value === "string") return roundToUnit(orNone(() => parseNanos(value), 0n));
      if (value instanceof GoTime) return roundToUnit(difference(ports.now() - value.nanos).value);
      return roundToUnit(isPlain(value, "int64") ? value.value : 0n);
    }),
  };
}
