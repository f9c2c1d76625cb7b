import { describe, expect, it } from "vitest";
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  integerOf,
  negateQuantity,
  parseQuantity,
  type Quantity,
} from "./index.ts";

const quantity = (text: string): Quantity => parseQuantity(text) as Quantity;

// Wanted texts are what apimachinery's resource.Quantity prints (resource/quantity_test.go).
describe("formatQuantity()", () => {
  it.each([
    ["0", "0"],
    ["0n", "0"],
    ["100m", "100m"],
    ["0.5", "500m"],
    [".5", "500m"],
    ["1.", "1"],
    ["1000m", "1"],
    ["1024Mi", "1Gi"],
    ["1024", "1024"],
    ["1024Ki", "1Mi"],
    ["100Ki", "100Ki"],
    ["0.5Mi", "512Ki"],
    ["0.5Ki", "512"],
    ["1.5Gi", "1536Mi"],
    ["1000k", "1M"],
    ["1e3", "1e3"],
    ["1e4", "10e3"],
    ["12E-3", "12e-3"],
    ["-1.5", "-1500m"],
    ["+2k", "2k"],
    ["0.0000000001", "1n"],
    ["3.001m", "3001u"],
    ["9223372036854775808", "9223372036854775807"],
    ["5E", "5E"],
  ])("%s is written %s", (text, want) => {
    expect(formatQuantity(quantity(text))).toBe(want);
  });
});

it.each(["", "a", "1x", "1.2.3", "1 Gi", "1ki", "1e", "--1", "1Kib", "e3", "."])("%j is no quantity", (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

it.each([
  ["1Gi", "1024Mi", 0],
  ["1G", "1Gi", -1],
  ["1", "999m", 1],
  ["-1", "1", -1],
])("compares %s and %s: %i", (left, right, want) => {
  expect(compareQuantity(quantity(left), quantity(right))).toBe(want);
});

it("adds, negates and tells whole numbers", () => {
  expect(formatQuantity(addQuantity(quantity("1"), quantity("500m")))).toBe("1500m");
  expect(formatQuantity(negateQuantity(quantity("1Ki")))).toBe("-1Ki");
  expect(integerOf(quantity("1Ki"))).toBe(1024n);
  expect(integerOf(quantity("500m"))).toBeUndefined();
});
