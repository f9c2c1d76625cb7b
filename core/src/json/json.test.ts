import { describe, expect, it } from "vitest";
import { cloneJson } from "../object/index.ts";
import { compareText, deepEqual, memberOf, mergeMaps, setMember, sortKeys, type JsonObject } from "./index.ts";

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
    [{}, { constructor: "a" }, false],
    [{ toString: "a" }, { toString: "a" }, true],
    [JSON.parse('{"__proto__":1}'), {}, false],
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

describe("mergeMaps()", () => {
  it.each([
    [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    [{ a: { b: 1 } }, { a: 2 }, { a: 2 }],
    [{ a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: { b: 1 } }, { a: { b: null } }, { a: { b: null } }],
    [{}, JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])("%j under %j is %j", (base, over, want) => {
    expect(mergeMaps(base, over)).toEqual(want);
  });

  it("shares what only one of them has", () => {
    const over = { a: { b: 1 } };
    expect(mergeMaps({}, over)["a"]).toBe(over.a);
    expect(mergeMaps({ a: {} }, over)["a"]).not.toBe(over.a);
  });
});

describe("names that every object inherits", () => {
  const tricky = JSON.parse('{"__proto__":{"a":1},"constructor":"c"}') as JsonObject;

  it("are kept by cloneJson() and sortKeys()", () => {
    expect(JSON.stringify(cloneJson(tricky))).toBe('{"__proto__":{"a":1},"constructor":"c"}');
    expect(JSON.stringify(sortKeys(tricky))).toBe('{"__proto__":{"a":1},"constructor":"c"}');
    expect(Object.getPrototypeOf(cloneJson(tricky))).toBe(Object.prototype);
  });

  it("are absent unless set", () => {
    expect(memberOf({}, "constructor")).toBeUndefined();
    expect(memberOf({}, "__proto__")).toBeUndefined();
    const object: JsonObject = {};
    setMember(object, "__proto__", 1);
    expect(memberOf(object, "__proto__")).toBe(1);
  });
});
