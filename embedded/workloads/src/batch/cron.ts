import { EddyError } from "@eddy/core/errors";

/** A parsed schedule: which minutes, hours, days, months and weekdays it names, in a time zone. */
export interface Schedule {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Both day fields are restricted: then either may match. */
  eitherDay: boolean;
  timeZone: string;
}

const macros: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Parses a CronJob's schedule: five fields with lists, ranges, steps and names, or a macro.
 * @throws EddyError INVALID_SCHEDULE (terminal).
 */
export function parseSchedule(text: string, timeZone = "UTC"): Schedule {
  const fields = (macros[text.trim()] ?? text.trim()).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday)
    throw invalid(text, `${fields.length} fields, want 5`);
  const weekdays = parseField(text, weekday, 0, 7, dayNames, 0);
  return {
    minutes: parseField(text, minute, 0, 59),
    hours: parseField(text, hour, 0, 23),
    days: parseField(text, day, 1, 31),
    months: parseField(text, month, 1, 12, monthNames, 1),
    weekdays: new Set([...weekdays].map((each) => each % 7)),
    eitherDay: !isAny(day) && !isAny(weekday),
    timeZone,
  };
}

const isAny = (field: string): boolean => field.startsWith("*") || field.startsWith("?");

function parseField(
  text: string,
  field: string,
  min: number,
  max: number,
  names: readonly string[] = [],
  first = 0,
): Set<number> {
  const number = (part: string): number => {
    const name = names.indexOf(part.toLowerCase());
    const value = name >= 0 ? name + first : /^\d+$/.test(part) ? Number(part) : Number.NaN;
    if (!(value >= min && value <= max))
      throw invalid(text, `${JSON.stringify(part)} is not between ${min} and ${max}`);
    return value;
  };
  const values = new Set<number>();
  for (const item of field.split(",")) {
    const [range = "", stepText] = item.split("/", 2);
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw invalid(text, `${JSON.stringify(stepText)} is not a step`);
    const [from = "", to] = range.split("-", 2);
    const start = isAny(range) ? min : number(from);
    const end = isAny(range) ? max : to !== undefined ? number(to) : stepText === undefined ? start : max;
    if (end < start) throw invalid(text, `${JSON.stringify(range)} ends before it begins`);
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}

/** The first minute after `afterMs` that the schedule names, in milliseconds; undefined when none is within five years. */
export function nextRun(schedule: Schedule, afterMs: number): number | undefined {
  const minuteMs = 60_000;
  const limitMs = afterMs + 5 * 366 * 86_400_000;
  for (let atMs = (Math.floor(afterMs / minuteMs) + 1) * minuteMs; atMs <= limitMs;) {
    const local = localTime(schedule.timeZone, atMs);
    const byDay = schedule.days.has(local.day);
    const byWeekday = schedule.weekdays.has(local.weekday);
    const dayMatches =
      schedule.months.has(local.month) && (schedule.eitherDay ? byDay || byWeekday : byDay && byWeekday);
    // Skip what cannot match in one step; an hour at a time keeps clear of changes of daylight saving.
    if (!dayMatches || !schedule.hours.has(local.hour)) atMs += (60 - local.minute) * minuteMs;
    else if (schedule.minutes.has(local.minute)) return atMs;
    else atMs += minuteMs;
  }
  return undefined;
}

interface LocalTime {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(timeZone: string, atMs: number): LocalTime {
  const date = new Date(atMs);
  if (timeZone === "UTC") {
    return {
      minute: date.getUTCMinutes(),
      hour: date.getUTCHours(),
      day: date.getUTCDate(),
      month: date.getUTCMonth() + 1,
      weekday: date.getUTCDay(),
    };
  }
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      minute: "numeric",
      hour: "numeric",
      day: "numeric",
      month: "numeric",
      weekday: "short",
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const number = (name: string): number => Number(parts[name]);
  return {
    minute: number("minute"),
    hour: number("hour"),
    day: number("day"),
    month: number("month"),
    weekday: dayNames.indexOf((parts["weekday"] ?? "").toLowerCase()),
  };
}

function invalid(text: string, detail: string): EddyError {
  return new EddyError("INVALID_SCHEDULE", `parse schedule ${JSON.stringify(text)}: ${detail}`, { class: "terminal" });
}
