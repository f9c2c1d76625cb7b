import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration, parseNanos } from "./index.ts";

describe("parseDuration()", () => {
  it.each([
    ["0", 0],
    ["5m", 300_000],
    ["1h2m3.5s", 3_723_500],
    ["-1.5h", -5_400_000],
    ["100ms", 100],
    ["1us", 0.001],
    ["1µs", 0.001],
    [".5s", 500],
    ["1.h", 3_600_000],
    ["0.3ms", 0.3],
    ["-0", 0],
  ])("reads %s as Go does", (text, want) => {
    expect(parseDuration(text)).toBe(want);
  });

  it.each([
    ["", 'invalid duration ""'],
    ["-", 'invalid duration "-"'],
    ["m", 'invalid duration "m"'],
    ["--1s", 'invalid duration "--1s"'],
    ["9999999999h", 'invalid duration "9999999999h"'],
    ["9223372036854775808ns", 'invalid duration "9223372036854775808ns"'],
    ["5", 'missing unit in duration "5"'],
    [".5", 'missing unit in duration ".5"'],
    ["1s1", 'missing unit in duration "1s1"'],
    ["1d", 'unknown unit "d" in duration "1d"'],
    ["5 m", 'unknown unit " m" in duration "5 m"'],
    ["1µ", String.raw`unknown unit "\xc2\xb5" in duration "1\xc2\xb5"`],
    ["😀", String.raw`invalid duration "\xf0\x9f\x98\x80"`],
    ["1\n", String.raw`unknown unit "\x0a" in duration "1\x0a"`],
    ["\u007f", 'invalid duration "\u007f"'],
    ['"\\', String.raw`invalid duration "\"\\"`],
  ])("refuses %j in Go's words", (text, why) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ message: `time: ${why}` }));
  });
});

describe("formatDuration()", () => {
  it.each([
    [0, "0s"],
    [72, "72ms"],
    [72.25, "72.25ms"],
    [1_500, "1.5s"],
    [300_000, "5m0s"],
    [3_600_000, "1h0m0s"],
    [3_723_500, "1h2m3.5s"],
    [0.001, "1µs"],
    [-30_000, "-30s"],
    [90_061_000, "25h1m1s"],
  ])("prints %d ms as %s", (durationMs, want) => {
    expect(formatDuration(durationMs)).toBe(want);
  });
});

describe("parseNanos()", () => {
  it.each([
    ["-9223372036854775808ns", -(2n ** 63n)],
    ["1.99999999999999999999999s", 2_000_000_000n],
    ["0.3ns", 0n],
  ])("reads %s to the nanosecond", (text, want) => {
    expect(parseNanos(text)).toBe(want);
  });
});
