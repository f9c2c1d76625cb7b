import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextTime } from "./next-time.ts";
import { parseSchedule } from "./schedule.ts";

const at = (text: string): number => Date.parse(text);

describe("schedules", () => {
  it.each<[string, string, string | undefined]>([
    ["@every 1m", "2026-01-01T00:00:30Z", "2026-01-01T00:01:30.000Z"],
    ["@every 1h30m", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00.000Z"],
    ["@hourly", "2026-01-01T00:00:30Z", "2026-01-01T01:00:00.000Z"],
    ["@daily", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00.000Z"],
    ["@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00.000Z"],
    ["@monthly", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00.000Z"],
    ["@yearly", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00.000Z"],
    ["*/15 * * * *", "2026-01-01T00:16:00Z", "2026-01-01T00:30:00.000Z"],
    ["30 9-17 * * mon-fri", "2026-01-02T18:00:00Z", "2026-01-05T09:30:00.000Z"],
    ["*/10 * * * * *", "2026-01-01T00:00:01Z", "2026-01-01T00:00:10.000Z"],
    ["0 0 29 feb *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00.000Z"],
    ["0 12 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T12:00:00.000Z"],
    ["59 59 23 31 12 ?", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.000Z"],
    ["0 0 30 2 *", "2026-01-01T00:00:00Z", undefined],
  ])("%s after %s is %s", (text, after, want) => {
    const next = nextTime(parseSchedule(text), at(after));
    expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(want);
  });

  it.each<[string, string]>([
    ["", "want five or six fields"],
    ["* * * *", "want five or six fields"],
    ["60 * * * *", '"60" is not within 0 to 59'],
    ["5-1 * * * *", '"5-1" ends before it begins'],
    ["*/0 * * * *", '"*/0" is no field'],
    ["a * * * *", '"a" is no field'],
    ["@sometimes", "no such descriptor"],
    ["@every", "want a duration such as 1m30s"],
    ["@every 10ms", "want at least 1s, and at most a year"],
    ["@every 99999h", "want at least 1s, and at most a year"],
    [`${"1,".repeat(200)}1 * * * *`, "it has more than 200 characters"],
  ])("%j is refused: %s", (text, why) => {
    expect(() => parseSchedule(text)).toThrow(why);
  });

  it("always goes on, and never back", () => {
    const field = (high: number): fc.Arbitrary<string> =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min: 1, max: high }).map(String),
        fc.integer({ min: 1, max: 20 }).map((step) => `*/${step}`),
      );
    fc.assert(
      fc.property(
        field(59),
        field(23),
        field(28),
        field(12),
        field(6),
        fc.integer({ min: 0, max: 4e12 }),
        (minute, hour, day, month, weekday, afterMs) => {
          const next = nextTime(parseSchedule([minute, hour, day, month, weekday].join(" ")), afterMs);
          expect(next).toBeGreaterThan(afterMs);
        },
      ),
      { numRuns: 50 },
    );
  });
});
