import { expect, test } from "vitest";
import { parsePattern } from "./pattern.ts";

test("blanks that are not at a pattern's end are read in linear time", () => {
  expect(parsePattern(`a${" ".repeat(1_000_000)}b`, [])).toBeDefined();
});
