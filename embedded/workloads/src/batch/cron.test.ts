import { describe, expect, test } from "vitest";
import { nextRun, parseSchedule } from "./cron.ts";
import { formatIndexes } from "./job-status.ts";

const next = (schedule: string, after: string, timeZone?: string): string | undefined => {
  const atMs = nextRun(parseSchedule(schedule, timeZone), Date.parse(after));
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
};

// 2026-01-01 is a Thursday.
const runs: [schedule: string, after: string, want: string, timeZone?: string][] = [
  ["* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00.000Z"],
  ["* * * * *", "2026-01-01T00:00:59.999Z", "2026-01-01T00:01:00.000Z"],
  ["*/15 * * * *", "2026-01-01T00:46:00Z", "2026-01-01T01:00:00.000Z"],
  ["5-20/10 3 * * *", "2026-01-01T03:05:00Z", "2026-01-01T03:15:00.000Z"],
  ["7/20 * * * *", "2026-01-01T00:08:00Z", "2026-01-01T00:27:00.000Z"],
  ["0 0 * * mon", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00.000Z"],
  ["0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00.000Z"],
  ["0 0 * * 1-5", "2026-01-02T12:00:00Z", "2026-01-05T00:00:00.000Z"],
  ["0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00.000Z"],
  ["0 0 13 * *", "2026-01-01T00:00:00Z", "2026-01-13T00:00:00.000Z"],
  ["0 0 29 feb *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ["@yearly", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00.000Z"],
  ["@hourly", "2026-01-01T10:30:00Z", "2026-01-01T11:00:00.000Z"],
  ["30 9 * * *", "2026-01-01T00:00:00Z", "2026-01-01T14:30:00.000Z", "America/New_York"],
  ["30 9 * * *", "2026-07-01T00:00:00Z", "2026-07-01T13:30:00.000Z", "America/New_York"],
  ["15 8 * * *", "2026-01-01T00:00:00Z", "2026-01-01T02:45:00.000Z", "Asia/Kolkata"],
];
test.for(runs)("%s after %s runs at %s", ([schedule, after, want, timeZone]) => {
  expect(next(schedule, after, timeZone)).toBe(want);
});

test("a day that never comes is never", () => expect(next("0 0 30 2 *", "2026-01-01T00:00:00Z")).toBeUndefined());

describe("what is no schedule is refused", () => {
  const wrong: [schedule: string, why: string][] = [
    ["* * * *", "4 fields, want 5"],
    ["60 * * * *", '"60" is not between 0 and 59'],
    ["* * 0 * *", '"0" is not between 1 and 31'],
    ["*/0 * * * *", '"0" is not a step'],
    ["5-1 * * * *", '"5-1" ends before it begins'],
    ["x * * * *", '"x" is not between 0 and 59'],
    ["* * * * moon", '"moon" is not between 0 and 7'],
  ];
  test.for(wrong)("%s", ([schedule, why]) => expect(() => parseSchedule(schedule)).toThrow(why));
});

test.for([
  [[], ""],
  [[3], "3"],
  [[2, 0, 1, 5, 7, 6, 6], "0-2,5-7"],
] as [number[], string][])("indexes %j are written %j", ([indexes, want]) => expect(formatIndexes(indexes)).toBe(want));
