import { expect, test } from "vitest";
import { parseKubeVersion } from "./capabilities.ts";
import { dialectRules } from "./dialect.ts";

const many = 1_000_000;

test("a version of many digits and lines is refused in linear time", () => {
  expect(() => parseKubeVersion(`1.${"9".repeat(many)}\n`)).toThrow("could not parse");
});

test("blank lines of a manifest that no separator ends are read in linear time", () => {
  expect(`a${"\n".repeat(many)}b`.split(dialectRules.helm3.documentSeparator)).toHaveLength(1);
  expect("a\n \n--- \n\nb\n---\n---\nc".split(dialectRules.helm3.documentSeparator)).toEqual(["a", "b", "---\nc"]);
});
