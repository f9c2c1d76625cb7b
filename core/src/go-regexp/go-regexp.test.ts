import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { threadCpuMs } from "../clock/index.ts";
import { compileRegExp, templateNames } from "./index.ts";

describe("expand", () => {
  const cases = [
    ["^main-[a-f0-9]+-(?P<ts>[0-9]+)$", "$ts", "main-abc123-1700000000", "1700000000"],
    ["^main-[a-f0-9]+-(?<ts>[0-9]+)$", "${ts}", "main-abc123-1700000000", "1700000000"],
    ["^RELEASE\\.(?P<timestamp>.*)Z$", "$timestamp", "RELEASE.2021-01-05T05-22-38Z", "2021-01-05T05-22-38"],
    ["ver(\\d+)", "$1", "ver95", "95"],
    ["ver(\\d+)", "${1}x", "ver95", "95x"],
    ["ver(\\d+)", "$1x", "ver95", ""],
    ["ver(\\d+)", "$2", "ver95", ""],
    ["ver(\\d+)", "$0", "my-ver95-x", "ver95"],
    ["ver(\\d+)", "$$1", "ver95", "$1"],
    ["ver(\\d+)", "$", "ver95", "$"],
    ["ver(\\d+)", "${1", "ver95", "${1"],
    ["ver(\\d+)", "$-$1", "ver95", "$-95"],
    ["ver(\\d+)", "${}", "ver95", "${}"],
    ["ver(\\d+)(-rc)?", "$1$2", "ver95", "95"],
    ["ver(?P<n>\\d+)", "$N", "ver95", ""],
    ["ver(?P<n>\\d+)", "$01", "ver95", ""],
    ["(?P<toString>\\d+)", "$toString", "7", "7"],
    ["(\\d+)", "$toString", "7", ""],
    ["v(?P<ts>\\d+)|r(?P<ts>\\d+)", "$ts", "r7", "7"],
    ["v(?P<ts>\\d+)|r(?P<ts>\\d+)", "$ts", "v6", "6"],
    ["(?P<a>x)?(?P<a>y)?", "$a", "xy", "x"],
    ["[(?P<a>](?P<a>x)(?P<a>y)\\(?P<a>", "$a$2", "<xy(P<a>", "xy"],
    ["(?P<a>x)\\Q(?P<a>\\E(?P<a>y)(?P<a_2>z)", "$a$2$a_2", "x(?P<a>yz", "xyz"],
    ["a", "b", "x", undefined],
  ] as const;
  for (const [pattern, template, text, want] of cases)
    test(`${pattern} of ${text} in ${template}`, () =>
      expect(compileRegExp(pattern).expand(template, text)).toBe(want));
});

describe("compileRegExp", () => {
  test.each([
    ["(", "error parsing regexp: missing closing ): `(`"],
    ["[", "error parsing regexp: missing closing ]: `[`"],
    ["a**", "error parsing regexp: invalid nested repetition operator: `**`"],
    ["(?!a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?!`"],
    ["(?<=a)b", "error parsing regexp: invalid named capture: `(?<=a)b`"],
    ["v(?P<é>.)", "error parsing regexp: invalid named capture: `(?P<é>`"],
    ["\\", "error parsing regexp: trailing backslash at end of expression: ``"],
    ["a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"],
    ["x".repeat(10_001), "error parsing regexp: expression too large"],
    ["\ud800", "error parsing regexp: invalid UTF-8"],
  ])("%s is refused in Go's words", (pattern, message) => {
    expect(() => compileRegExp(pattern)).toThrow(
      expect.objectContaining({ code: "INVALID_REGEXP", class: "terminal", message }),
    );
  });

  test.each([
    ["^(a+)+$", "a".repeat(10_000) + "!"],
    ["(a|aa)+$", "a".repeat(10_000) + "!"],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(10_000)],
    ["(.*)*x", "a".repeat(10_000)],
    ["(a?){500}a{500}", "a".repeat(499)],
  ])("%s, which backtracks elsewhere, is quick", (pattern, text) => {
    const compiled = compileRegExp(pattern);
    const before = threadCpuMs();
    expect([compiled.test(text), compiled.expand("$1", text)]).toEqual([false, undefined]);
    expect(threadCpuMs() - before).toBeLessThan(2_000);
  });

  test("nested repeats do not make a program of millions of steps", () => {
    expect(() => compileRegExp("((((a{30}){30}){30}){30}){30}")).toThrow(/error parsing regexp/);
  });

  test("named groups are found", () => {
    const compiled = compileRegExp("^(?P<name>[a-z]+)-(?P<compare>\\d+)$");
    expect(compiled.groupNames).toEqual(["name", "compare"]);
    expect(compiled.group("compare", "build-12")).toBe("12");
    expect(compiled.group("other", "build-12")).toBeUndefined();
    expect(compiled.group("compare", "12")).toBeUndefined();
  });

  test("what matches is what expands, as with JavaScript where the syntax is the same", () => {
    const pattern = fc
      .array(fc.constantFrom("a", "b", ".", "[0-9]", "(a|b)", "a*", "b+", "x?", "^", "$", "\\.", "[^a]"), {
        maxLength: 8,
      })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab.x0-9-]{0,20}$/), (source, text) => {
        const compiled = compileRegExp(source);
        expect(compiled.test(text)).toBe(new RegExp(source).test(text));
        expect(compiled.expand("$0", text)).toBe(new RegExp(source).exec(text)?.[0]);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ["$a-${b}$1$$", ["a", "b", "1"]],
  ["plain", []],
  ["$", undefined],
  ["${a", undefined],
  ["$-", undefined],
])("templateNames(%j)", (template, want) => expect(templateNames(template)).toEqual(want));
