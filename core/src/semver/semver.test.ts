import { assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { threadCpuMs } from "../clock/index.ts";
import { EddyError } from "../errors/index.ts";
import { compareVersions, formatVersion, parseConstraint, parseStrictVersion, parseVersion } from "./index.ts";

describe("parseVersion", () => {
  it.each([
    ["1.2.3", "1.2.3"],
    ["v1.2.3", "1.2.3"],
    ["1.2", "1.2.0"],
    ["v1", "1.0.0"],
    ["01.2.3", "1.2.3"],
    ["2024.01.15", "2024.1.15"],
    ["1.2.3-rc.1+build.5", "1.2.3-rc.1+build.5"],
    ["1.2-beta", "1.2.0-beta"],
    ["0.0.18446744073709551615", "0.0.18446744073709551615"],
  ])("reads %s as %s", (text, want) => expect(formatVersion(parseVersion(text))).toBe(want));

  it.each([
    ["", "invalid semantic version"],
    ["1.2.3.4", "invalid semantic version"],
    ["V1.2.3", "invalid semantic version"],
    ["1.2.3-01", "version segment starts with 0"],
    ["0.0.18446744073709551616", "out of range"],
    [`1.2.3-${"a".repeat(260)}`, "too long"],
  ])("refuses %s", (text, want) => expect(() => parseVersion(text)).toThrow(want));
});

describe("parseStrictVersion", () => {
  it.each([
    ["1.2", "invalid semantic version"],
    ["v1.2.3", "invalid characters"],
    ["1.02.3", "starts with 0"],
    ["1.2.3-", "invalid prerelease"],
    ["1.2.3+", "invalid metadata"],
    ["1..3", "invalid syntax"],
    ["", "empty"],
  ])("refuses %s", (text, want) => expect(() => parseStrictVersion(text)).toThrow(want));

  it("reads a whole version", () =>
    expect(formatVersion(parseStrictVersion("1.2.3-a.b-c+d.e"))).toBe("1.2.3-a.b-c+d.e"));
});

describe("compareVersions", () => {
  it("orders as the specification's example does", () => {
    const ordered = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.1.0",
      "2.0.0",
    ];
    const shuffled = [...ordered].reverse().map(parseVersion).sort(compareVersions);
    expect(shuffled.map(formatVersion)).toEqual(ordered);
  });
  it("ignores metadata", () => expect(compareVersions(parseVersion("1.0.0+a"), parseVersion("1.0.0+b"))).toBe(0));
});

describe("parseConstraint", () => {
  it.each([
    ["1.2.3", "1.2.3", true],
    ["=1.2", "1.2.9", true],
    ["1.2", "1.3.0", false],
    ["*", "0.0.1", true],
    ["*", "1.0.0-rc.1", false],
    ["*-0", "1.0.0-rc.1", true],
    [">=1.2.0", "1.3.0-rc1", false],
    [">=1.2.0-0", "1.3.0-rc1", true],
    [">=1.2, <2", "1.9.9", true],
    [">=1.2 <2", "2.0.0", false],
    ["<1 || >=3", "3.1.0", true],
    ["<1 || >=3", "2.0.0", false],
    ["!=1.2", "1.2.5", false],
    ["!=1.2", "1.3.0", true],
    ["!=1.2.3", "1.2.3+meta", false],
    [">1", "1.9.0", false],
    [">1", "2.0.0", true],
    [">1.2", "1.2.9", false],
    ["<=1.2", "1.2.9", true],
    ["=<1", "1.9.9", true],
    ["=>1.2", "1.2.0", true],
    ["~1.2.3", "1.2.9", true],
    ["~1.2.3", "1.3.0", false],
    ["~1", "1.9.0", true],
    ["~>1.2", "1.3.0", false],
    ["~0", "0.5.0", true],
    ["^1.2", "1.9.0", true],
    ["^0.2.3", "0.2.9", true],
    ["^0.2.3", "0.3.0", false],
    ["^0.0.3", "0.0.4", false],
    ["^0", "0.9.0", true],
    ["^0.0", "0.1.0", false],
    ["1.2 - 2.3", "2.3.9", true],
    ["1.2.0 - 2.3.0", "2.3.1", false],
    ["1.x", "1.9.0", true],
    ["v1.2.x", "1.3.0", false],
  ])("%s on %s: %s", (range, version, want) => {
    const constraint = parseConstraint(range);
    expect(constraint.check(parseVersion(version))).toBe(want);
    expect(constraint.explain(parseVersion(version)).length === 0).toBe(want);
  });

  it.each([
    ["", 'improper constraint: ""'],
    ["latest", 'improper constraint: "latest"'],
    [">> 1", "improper constraint"],
    ["1.2.3.4", "improper constraint"],
    ["1|2", "constraint parser error"],
    ["1".repeat(513), "too long"],
    ["1||".repeat(33), "too many constraint groups"],
  ])("refuses %s", (text, want) => expect(() => parseConstraint(text)).toThrow(want));

  it("says why", () => {
    expect(parseConstraint(">=1.2, <2").explain(parseVersion("v3"))).toEqual([
      '"3.0.0" is greater than or equal to "2"',
    ]);
    expect(parseConstraint("^1").explain(parseVersion("1.5.0-rc.1"))).toEqual([
      '"1.5.0-rc.1" is a prerelease version and the constraint is only looking for release versions',
    ]);
  });

  it("answers any text in bounded time, or refuses it for good", () => {
    const characters = constantFrom(...Array.from(" \t0123.x*-|^~<>=!,v+a"));
    assert(
      property(string({ unit: characters, maxLength: 512 }), (text) => {
        const started = threadCpuMs();
        return ["in", "out", "refused"].includes(judge(text)) && threadCpuMs() - started < 1000;
      }),
      { numRuns: 200 },
    );
  });
});

function judge(range: string): string {
  try {
    return parseConstraint(range).check(parseVersion("1.2.3")) ? "in" : "out";
  } catch (error) {
    return error instanceof EddyError && error.class === "terminal" ? "refused" : `threw ${String(error)}`;
  }
}
