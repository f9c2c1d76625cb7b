import { expect, test } from "vitest";
import { structType } from "./go-type.ts";
import { Struct } from "./go-value.ts";
import { int, int64, integer } from "./integer.ts";
import { toPlain } from "./to-plain.ts";

test("what is plain already is not copied", () => {
  const value = { a: [1, "x", null, { b: true }] };
  expect(toPlain(value)).toBe(value);
});

test("integers, bytes and structs become what JSON has", () => {
  const time = structType("time.Time", {}, { toJson: () => "2026-01-01T00:00:00Z" });
  const value = {
    int: int(3),
    large: int64(2n ** 60n),
    list: [int(1), Uint8Array.of(1, 2)],
    struct: new Struct(structType("main.T", { Name: "string" }), { Name: "x" }),
    time: new Struct(time),
  };
  expect(toPlain(value)).toEqual({
    int: 3,
    large: 2n ** 60n,
    list: [1, "AQI="],
    struct: { Name: "x" },
    time: "2026-01-01T00:00:00Z",
  });
});

test.each([
  [Number.NaN, "NaN"],
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
])("%d is refused", (value, text) => {
  expect(() => toPlain([value])).toThrow(`json: unsupported value: ${text}`);
});

test("integers wrap round as Go's conversions do", () => {
  expect(integer("uint8", 300).value).toBe(44n);
  expect(integer("int8", 200).value).toBe(-56n);
  expect(int(2n ** 63n).value).toBe(-(2n ** 63n));
  expect(int(5)).toBe(int(5));
});
