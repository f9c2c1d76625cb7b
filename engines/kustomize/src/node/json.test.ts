import { expect, test } from "vitest";
import { formatFloat } from "./json.ts";

test.each<[number, string]>([
  [0, "0"],
  [-0, "-0"],
  [5, "5"],
  [100_000, "100000"],
  [1_000_000, "1e+06"],
  [1_234_567, "1.234567e+06"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [1.5, "1.5"],
  [-2e21, "-2e+21"],
])("formatFloat %d", (value, text) => expect(formatFloat(value)).toBe(text));
