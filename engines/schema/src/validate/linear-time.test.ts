import { expect, test } from "vitest";
import { formatCheck } from "./formats.ts";

test("a duration without units is refused in linear time", () => {
  expect(formatCheck("duration")?.("9".repeat(1_000_000))).toBe(false);
  expect(formatCheck("duration")?.("3 days 12h")).toBe(true);
});
