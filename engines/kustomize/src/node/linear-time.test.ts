import { expect, test } from "vitest";
import { splitFieldPath } from "./path.ts";

test("a path of many brackets is read in linear time", () => {
  expect(splitFieldPath(`[a${"[".repeat(1_000_000)}b]`)).toHaveLength(1);
});
