import type { Schedule } from "./schedule.ts";

const dayMs = 24 * 3_600_000;
/** 29 February comes back after eight years at the latest. */
const maxDays = 366 * 9;

/** The first time after `afterMs` that is on the schedule; undefined for one that never comes, such as 30 February. Pure. */
export function nextTime(schedule: Schedule, afterMs: number): number | undefined {
  if (schedule.form === "every") return afterMs + schedule.everyMs;
  const startMs = Math.floor(afterMs / 1_000) * 1_000 + 1_000;
  const firstDayMs = Math.floor(startMs / dayMs) * dayMs;
  for (let day = 0; day < maxDays; day++) {
    const midnightMs = firstDayMs + day * dayMs;
    if (!isOnDay(schedule, new Date(midnightMs))) continue;
    const timeMs = firstOfDay(schedule, Math.max(startMs - midnightMs, 0));
    if (timeMs !== undefined) return midnightMs + timeMs;
  }
  return undefined;
}

type Cron = Extract<Schedule, { form: "cron" }>;

function isOnDay({ months, days, weekdays, isEitherDay }: Cron, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [isDay, isWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return isEitherDay ? isDay || isWeekday : isDay && isWeekday;
}

/** Milliseconds since midnight of the first time of a day that is not before `fromMs`. */
function firstOfDay({ hours, minutes, seconds }: Cron, fromMs: number): number | undefined {
  for (let hour = Math.floor(fromMs / 3_600_000); hour < 24; hour++) {
    if (!hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      if (!minutes.has(minute)) continue;
      for (let second = 0; second < 60; second++) {
        const timeMs = ((hour * 60 + minute) * 60 + second) * 1_000;
        if (seconds.has(second) && timeMs >= fromMs) return timeMs;
      }
    }
  }
  return undefined;
}
