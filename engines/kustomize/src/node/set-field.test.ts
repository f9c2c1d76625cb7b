import { load } from "@eddy/goyaml";
import { assert, property, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { readsAsNonString } from "./set-field.ts";

test.each<[string, boolean]>([
  ["yes", true],
  ["Off", true],
  ["n", true],
  ["nginx:1.25", false],
  ["a-b", false],
  ["123", true],
  ["1:30", false],
  ["key:", true],
  ["a: b", true],
  ["", false],
  ["two\nlines", false],
])("readsAsNonString %j", (text, expected) => expect(readsAsNonString(text)).toBe(expected));

test("the shortcut for words never differs from reading them", () => {
  const words = stringMatching(/^[A-Za-z][A-Za-z0-9_./@:-]{0,12}$/);
  assert(
    property(words, (text) => {
      let type: string;
      try {
        type = typeof load(text);
      } catch {
        type = "string";
      }
      expect(readsAsNonString(text)).toBe(type !== "string");
    }),
    { numRuns: 2_000 },
  );
});
