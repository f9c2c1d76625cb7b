import { expect, test } from "vitest";
import { parseForge } from "./parse-forge.ts";

test("an address of many slashes is read in linear time", () => {
  expect(() => parseForge(`https://github.com/a${"/".repeat(1_000_000)}b`)).toThrow("names no repository");
});
