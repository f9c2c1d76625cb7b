import { assert, constantFrom, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { canonicalQuantity, formatQuantity, parseQuantity } from "./quantity.ts";

// Answers of k8s.io/apimachinery api/resource v0.36.
const cases: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ["1024Mi", "1Gi"],
  ["0.5", "500m"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["1.5Gi", "1536Mi"],
  ["100Ki", "100Ki"],
  ["1000Ki", "1000Ki"],
  ["0", "0"],
  ["0Gi", "0"],
  ["-1", "-1"],
  ["1e3", "1e3"],
  ["12e6", "12e6"],
  ["1000000", "1M"],
  ["1000k", "1M"],
  ["0.0001", "100u"],
  ["1.0", "1"],
  ["1E", "1E"],
  ["5.", "5"],
  [".5", "500m"],
  ["512", "512"],
  ["1025", "1025"],
  ["0.5Gi", "512Mi"],
  ["1n", "1n"],
  ["", undefined],
  ["abc", undefined],
  ["1.2.3", undefined],
  ["1 Gi", undefined],
  ["Mi", undefined],
  ["1gi", undefined],
];

test.each(cases)("%s is %s", (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

test("the canonical form is stable and of the same size", () => {
  assert(
    property(nat(1_000_000), constantFrom("", "m", "k", "M", "Ki", "Mi", "Gi"), (amount, suffix) => {
      const parsed = parseQuantity(`${amount}${suffix}`);
      if (!parsed) throw new Error("not parsed");
      const text = formatQuantity(parsed);
      expect(parseQuantity(text)?.nano).toBe(parsed.nano);
      expect(canonicalQuantity(text)).toBe(text);
    }),
  );
});
