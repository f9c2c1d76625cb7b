import { parseDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import { parseField } from "./field.ts";

/** When to look: every so often, or at minutes, hours and days as cron names them, in UTC. */
export type Schedule =
  | { readonly form: "every"; readonly everyMs: number }
  | {
      readonly form: "cron";
      readonly seconds: ReadonlySet<number>;
      readonly minutes: ReadonlySet<number>;
      readonly hours: ReadonlySet<number>;
      readonly days: ReadonlySet<number>;
      /** 1 is January. */
      readonly months: ReadonlySet<number>;
      /** 0 is Sunday. */
      readonly weekdays: ReadonlySet<number>;
      /** Whether days and weekdays were both given: then either of them is enough. */
      readonly isEitherDay: boolean;
    };

const descriptors: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 *",
  "@annually": "0 0 0 1 1 *",
  "@monthly": "0 0 0 1 * *",
  "@weekly": "0 0 0 * * 0",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@hourly": "0 0 * * * *",
};

const shortestMs = 1_000;
const longestMs = 366 * 24 * 3_600_000;
const maxLength = 200;

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Reads `@every 1m`, `@daily` and the like, cron of five fields, or of six with seconds first.
 * @throws EddyError INVALID_SCHEDULE (terminal).
 */
export function parseSchedule(text: string): Schedule {
  if (text.length > maxLength) throw invalid(`${text.slice(0, 20)}…`, `it has more than ${maxLength} characters`);
  const trimmed = text.trim();
  if (trimmed.startsWith("@every")) return { form: "every", everyMs: parseEvery(trimmed, text) };
  const fields = (descriptors[trimmed] ?? trimmed).split(/\s+/);
  if (trimmed.startsWith("@") && !descriptors[trimmed]) throw invalid(text, "no such descriptor");
  const [seconds = "", minutes = "", hours = "", days = "", months = "", weekdays = ""] =
    fields.length === 5 ? ["0", ...fields] : fields;
  if (fields.length !== 5 && fields.length !== 6) throw invalid(text, "want five or six fields");
  const field = (part: string, low: number, high: number, names: readonly string[] = []): ReadonlySet<number> => {
    try {
      return parseField(part, { low, high, names });
    } catch (cause) {
      throw invalid(text, cause instanceof Error ? cause.message : "", cause);
    }
  };
  const onWeekdays = [...field(weekdays, 0, 7, dayNames)].map((day) => day % 7);
  const schedule = {
    form: "cron" as const,
    seconds: field(seconds, 0, 59),
    minutes: field(minutes, 0, 59),
    hours: field(hours, 0, 23),
    days: field(days, 1, 31),
    months: field(months, 1, 12, ["", ...monthNames]),
    weekdays: new Set(onWeekdays),
    isEitherDay: isGiven(days) && isGiven(weekdays),
  };
  return schedule;
}

/** `*` says nothing of the day; with a step it does. Source: robfig/cron `getRange`. */
function isGiven(field: string): boolean {
  return !/^[*?](\/1)?$/.test(field);
}

function parseEvery(trimmed: string, text: string): number {
  let everyMs: number;
  try {
    everyMs = parseDuration(trimmed.slice("@every".length).trim());
  } catch (cause) {
    throw invalid(text, "want a duration such as 1m30s", cause);
  }
  if (everyMs >= shortestMs && everyMs <= longestMs) return everyMs;
  throw invalid(text, "want at least 1s, and at most a year");
}

function invalid(text: string, why: string, cause?: unknown): EddyError {
  return new EddyError(
    "INVALID_SCHEDULE",
    `read the schedule ${JSON.stringify(text)}: ${why}; want cron, @hourly, @daily or @every 1m`,
    { class: "terminal", ...(cause === undefined ? {} : { cause }) },
  );
}
