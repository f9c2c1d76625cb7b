import { expect, test } from "vitest";
import { formatAge, formatAgeSince } from "./age.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// Source: apimachinery util/duration, TestHumanDuration.
test.each([
  [-2 * second, "<invalid>"],
  [-second, "0s"],
  [0, "0s"],
  [second, "1s"],
  [70 * second, "70s"],
  [119 * second, "119s"],
  [2 * minute, "2m"],
  [190 * second, "3m10s"],
  [9 * minute + 59 * second, "9m59s"],
  [10 * minute + 30 * second, "10m"],
  [70 * minute, "70m"],
  [179 * minute, "179m"],
  [3 * hour, "3h"],
  [3 * hour + 10 * minute, "3h10m"],
  [7 * hour + 59 * minute, "7h59m"],
  [8 * hour + 10 * minute, "8h"],
  [47 * hour, "47h"],
  [48 * hour, "2d"],
  [49 * hour, "2d1h"],
  [7 * day + 23 * hour, "7d23h"],
  [8 * day + hour, "8d"],
  [729 * day, "729d"],
  [2 * 365 * day, "2y"],
  [2 * 365 * day + day, "2y1d"],
  [8 * 365 * day + day, "8y"],
])("%i ms is %s", (ageMs, want) => {
  expect(formatAge(ageMs)).toBe(want);
});

test("a timestamp that is missing or none has no age", () => {
  expect(formatAgeSince(undefined, 0)).toBe("<unknown>");
  expect(formatAgeSince("yesterday", 0)).toBe("<unknown>");
  expect(formatAgeSince("1970-01-01T00:00:00Z", 5 * minute)).toBe("5m");
});
