import { describe, expect, it } from "vitest";
import { compareText, deepEqual, sortKeys } from "./index.ts";

describe("deepEqual()", () => {
  it.each([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    [[1, 2], [2, 1], false],
    [{ a: [1] }, { a: [1, 2] }, false],
    [1n, 1n, true],
    [1, "1", false],
    [{}, [], false],
  ])("%o and %o: %s", (left, right, want) => {
    expect(deepEqual(left, right)).toBe(want);
    expect(deepEqual(right, left)).toBe(want);
  });
});

it("sortKeys() sorts at every depth, by code point", () => {
  expect(JSON.stringify(sortKeys({ b: [{ z: 1, a: 2 }], B: 1, a: 0 }))).toBe('{"B":1,"a":0,"b":[{"a":2,"z":1}]}');
});

it("compareText() orders astral characters after all others, as UTF-8 does", () => {
  expect(["\u{1f600}", "\uffee", "a"].sort(compareText)).toEqual(["a", "\uffee", "\u{1f600}"]);
});
