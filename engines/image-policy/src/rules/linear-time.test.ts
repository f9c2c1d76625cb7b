import { expect, test } from "vitest";
import { parseFloat64 } from "./parse-float.ts";

test("digits that are no number are refused in linear time", () => {
  expect(parseFloat64(`${"9".repeat(1_000_000)}!`)).toBeUndefined();
});
