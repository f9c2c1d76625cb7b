import { goMethod } from "../../function.ts";
import { type GoMethod, type GoType, namedType, structType } from "../../value/go-type.ts";
import { Struct } from "../../value/go-value.ts";
import { int, int64, Integer } from "../../value/integer.ts";
import { type Civil, civilOf, dayNames, daysOf, monthNames } from "./civil.ts";
import { durationOf, durationType, roundNanos, second } from "./duration.ts";
import { formatTime } from "./format-time.ts";
import { type ReadTime, readTime } from "./parse-time.ts";
import { fixedZone, utc, type Zone, type ZoneOffset } from "./zone.ts";

/** An instant with the zone it is shown in: Go's time.Time. */
export class GoTime extends Struct {
  /** Nanoseconds since 1970. */
  readonly nanos: bigint;
  readonly zone: Zone;

  constructor(nanos: bigint, zone: Zone) {
    super(timeType);
    this.nanos = nanos;
    this.zone = zone;
  }

  /** Whole seconds since 1970, rounded down. */
  get seconds(): bigint {
    const rest = this.nanos % second;
    return (this.nanos - rest) / second - (rest < 0n ? 1n : 0n);
  }

  /** Nanoseconds within the second. */
  get subsecond(): number {
    return Number(this.nanos - this.seconds * second);
  }

  offset(): ZoneOffset {
    return this.zone.at(Number(this.seconds));
  }

  /** What a clock in its zone shows. */
  civil(): Civil {
    return civilOf(Number(this.seconds) + this.offset().seconds);
  }

  in(zone: Zone): GoTime {
    return new GoTime(this.nanos, zone);
  }

  plus(nanos: bigint): GoTime {
    return new GoTime(this.nanos + nanos, this.zone);
  }

  /** As a layout shows it. */
  format(layout: string): string {
    return formatTime(layout, { civil: this.civil(), nanos: this.subsecond, offset: this.offset() });
  }

  /** Go compares the zones too. */
  equals(other: GoTime): boolean {
    return this.nanos === other.nanos && this.zone.name === other.zone.name;
  }
}

/** The instant at which clocks of a zone show this. Source: Go's time.Date. */
export function timeAt(civil: Omit<Civil, "weekday" | "yearDay">, nanos: number, zone: Zone): GoTime {
  const { year, month, day, hour, minute, second: seconds } = civil;
  const shown = daysOf(year, month, 1) * 86_400 + (day - 1) * 86_400 + hour * 3_600 + minute * 60 + seconds;
  const guess = shown - zone.at(shown).seconds;
  const epoch = shown - zone.at(guess).seconds;
  return new GoTime(BigInt(epoch) * second + BigInt(nanos), zone);
}

/** Go's zero time: the first instant of year 1. */
export const zeroTime: () => GoTime = () => new GoTime(-62_135_596_800n * second, utc);

/**
 * Reads a text by a layout; a text without a zone is in `local`.
 * Source: Go's time.ParseInLocation.
 * @throws CallError with Go's words
 */
export function parseTime(layout: string, text: string, local: Zone): GoTime {
  const read = readTime(layout, text);
  if (read.isUtc) return timeAt(read, read.nanos, utc);
  if (read.offset !== undefined) return withOffset(read, read.offset, local);
  if (read.zoneName !== "") return withName(read, local);
  return timeAt(read, read.nanos, local);
}

function withOffset(read: ReadTime, offset: number, local: Zone): GoTime {
  const instant = timeAt(read, read.nanos, utc).plus(BigInt(-offset) * second);
  const here = local.at(Number(instant.seconds));
  const isLocal = here.seconds === offset && (read.zoneName === "" || here.name === read.zoneName);
  return instant.in(isLocal ? local : fixedZone(read.zoneName, offset));
}

/** An abbreviation counts only if the local zone has it; others are invented, with no offset but in `GMT+3`. */
function withName(read: ReadTime, local: Zone): GoTime {
  const inLocal = timeAt(read, read.nanos, local);
  if (inLocal.offset().name === read.zoneName) return inLocal;
  const hours = read.zoneName.length > 3 && read.zoneName.startsWith("GMT") ? Number(read.zoneName.slice(3)) : 0;
  const offset = (Number.isNaN(hours) ? 0 : hours) * 3_600;
  return timeAt(read, read.nanos, fixedZone(read.zoneName, offset));
}

const fullLayout = "2006-01-02 15:04:05.999999999 -0700 MST";

function named(name: string, names: readonly string[], first: number): GoType {
  const textOf = (self: Integer): string => names[Number(self.value) - first] ?? `%!${name.slice(5)}(${self})`;
  return namedType(name, "int", {
    format: (self: never) => textOf(self),
    methods: { String: goMethod([], "string", (_, self: Integer) => textOf(self)) },
  });
}

const monthType = named("time.Month", monthNames, 1);
const weekdayType = named("time.Weekday", dayNames, 0);

function field(read: (civil: Civil) => number): GoMethod {
  return goMethod([], "int", (_, self: GoTime) => int(read(self.civil())));
}

function since(divisor: bigint): GoMethod {
  return goMethod([], "int64", (_, { nanos }: GoTime) => {
    const rest = nanos % divisor;
    return int64((nanos - rest) / divisor - (rest < 0n ? 1n : 0n));
  });
}

const self: { type: GoType } = { type: structType("time.Time", {}) };

function comparing(isTrue: (left: bigint, right: bigint) => boolean): GoMethod {
  return goMethod([self.type], "bool", (_, left: GoTime, right) => isTrue(left.nanos, (right as GoTime).nanos));
}

function addDate(time: GoTime, years: number, months: number, days: number): GoTime {
  const civil = time.civil();
  const moved = { ...civil, year: civil.year + years, month: civil.month + months, day: civil.day + days };
  return timeAt(moved, time.subsecond, time.zone);
}

/** Go rounds since the zero time. */
function sinceZero(time: GoTime, change: (nanos: bigint) => bigint): GoTime {
  const zero = zeroTime().nanos;
  return new GoTime(zero + change(time.nanos - zero), time.zone);
}

const methods: Readonly<Record<string, GoMethod>> = {
  Year: field(({ year }) => year),
  Month: goMethod([], monthType, (_, time: GoTime) => new Integer("int", BigInt(time.civil().month), monthType)),
  Day: field(({ day }) => day),
  Hour: field(({ hour }) => hour),
  Minute: field(({ minute }) => minute),
  Second: field((civil) => civil.second),
  Nanosecond: goMethod([], "int", (_, time: GoTime) => int(time.subsecond)),
  YearDay: field(({ yearDay }) => yearDay),
  Weekday: goMethod(
    [],
    weekdayType,
    (_, time: GoTime) => new Integer("int", BigInt(time.civil().weekday), weekdayType),
  ),
  Unix: since(second),
  UnixMilli: since(1_000_000n),
  UnixMicro: since(1_000n),
  UnixNano: since(1n),
  Format: goMethod(["string"], "string", (_, time: GoTime, layout) => time.format(layout)),
  String: goMethod([], "string", (_, time: GoTime) => time.format(fullLayout)),
  GoString: goMethod([], "string", (_, time: GoTime) => time.format(fullLayout)),
  IsZero: goMethod([], "bool", (_, time: GoTime) => time.nanos === zeroTime().nanos),
  UTC: goMethod([], self.type, (_, time: GoTime) => time.in(utc)),
  Add: goMethod([durationType], self.type, (_, time: GoTime, by) => time.plus((by as unknown as Integer).value)),
  AddDate: goMethod(["int", "int", "int"], self.type, (_, time: GoTime, years, months, days) =>
    addDate(time, years.toNumber(), months.toNumber(), days.toNumber()),
  ),
  Sub: goMethod([self.type], durationType, (_, time: GoTime, other) =>
    difference(time.nanos - (other as GoTime).nanos),
  ),
  Round: goMethod([durationType], self.type, (_, time: GoTime, unit) =>
    sinceZero(time, (nanos) => roundNanos(nanos, (unit as unknown as Integer).value)),
  ),
  Truncate: goMethod([durationType], self.type, (_, time: GoTime, unit) => {
    const { value } = unit as unknown as Integer;
    return sinceZero(time, (nanos) => (value <= 0n ? nanos : nanos - (nanos % value)));
  }),
  Before: comparing((left, right) => left < right),
  After: comparing((left, right) => left > right),
  Equal: comparing((left, right) => left === right),
  Compare: goMethod([self.type], "int", (_, left: GoTime, right) => {
    const other = (right as GoTime).nanos;
    return int(left.nanos < other ? -1 : left.nanos > other ? 1 : 0);
  }),
};

/** A difference as a duration; what does not fit is the longest. Source: Go's Time.Sub. */
export function difference(nanos: bigint): Integer {
  const limit = 2n ** 63n;
  return durationOf(nanos >= limit ? limit - 1n : nanos < -limit ? -limit : nanos);
}

/** time.Time. */
export const timeType: GoType = structType(
  "time.Time",
  {},
  {
    methods,
    format: (time: never) => (time as GoTime).format(fullLayout),
    toJson: (time: never) => (time as GoTime).format("2006-01-02T15:04:05.999999999Z07:00"),
  },
);
