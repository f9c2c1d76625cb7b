import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "./index.ts";

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
  ])("reads %s as Go does", (text, want) => {
    expect(parseDuration(text)).toBe(want);
  });

  it.each(["", "5", "5 m", "m", "1d", "--1s", "1s1"])("refuses %j in Go's words", (text) => {
    expect(() => parseDuration(text)).toThrow(`time: invalid duration ${JSON.stringify(text)}`);
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
