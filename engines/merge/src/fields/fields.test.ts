import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "@eddy/core/json";
import {
  equalSets,
  fieldSetOf,
  hasPath,
  intersectSets,
  isSubset,
  subtractSet,
  subtractSubtrees,
  unionSets,
  type FieldSet,
} from "./field-set.ts";
import { decodeFieldsV1, encodeFieldsV1, forEachPath } from "./fields-v1.ts";
import { showPath } from "./path-element.ts";

describe("fieldsV1", () => {
  it("is written in the server's order", () => {
    const set = fieldSetOf(
      ["i:10"],
      ["i:9"],
      ['v:"b"'],
      ["v:2"],
      ['k:{"name":"b"}'],
      ['k:{"a":1,"name":"a"}'],
      ["f:b", "f:c"],
      ["f:b"],
      ["f:a"],
    );
    expect(JSON.stringify(encodeFieldsV1(set))).toBe(
      '{"f:a":{},"f:b":{".":{},"f:c":{}},"k:{\\"a\\":1,\\"name\\":\\"a\\"}":{},"k:{\\"name\\":\\"b\\"}":{},"v:2":{},"v:\\"b\\"":{},"i:9":{},"i:10":{}}',
    );
  });

  it("drops elements of unknown kinds and brings keys into one form", () => {
    const set = decodeFieldsV1({ "x:future": {}, 'k:{"b":1,"a":"<"}': {} });
    expect(encodeFieldsV1(set)).toEqual({ 'k:{"a":"\\u003c","b":1}': {} });
  });

  it.each(["k:{", "v:", "i:x"])("refuses %s", (key) => {
    expect(() => decodeFieldsV1({ [key]: {} })).toThrow(expect.objectContaining({ status: 422 }));
  });

  it("refuses endless nesting", () => {
    const deep: JsonObject = {};
    let current = deep;
    for (let depth = 0; depth < 2_000; depth++) current = current["f:a"] = {};
    expect(() => decodeFieldsV1(deep)).toThrow("nested deeper");
  });
});

it.each([
  [["f:spec", 'k:{"name":"c","port":80}', "f:image"], '.spec[name="c",port=80].image'],
  [["f:finalizers", 'v:"a\\"b"'], '.finalizers[="a\\"b"]'],
  [["f:list", "i:3"], ".list[3]"],
])("showPath(%j)", (path, want) => {
  expect(showPath(path)).toBe(want);
});

const element = fc.constantFrom("f:a", "f:b", 'k:{"n":"x"}', 'v:"y"', "i:1");
const sets = fc
  .array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
  .map((paths) => fieldSetOf(...paths));

function pathsOf(set: FieldSet): Set<string> {
  const paths = new Set<string>();
  forEachPath(set, (path) => paths.add(path.join("\n")));
  return paths;
}

describe("set algebra", () => {
  it("agrees with sets of paths", () => {
    fc.assert(
      fc.property(sets, sets, (left, right) => {
        const [l, r] = [pathsOf(left), pathsOf(right)];
        expect(pathsOf(unionSets(left, right))).toEqual(l.union(r));
        expect(pathsOf(intersectSets(left, right))).toEqual(l.intersection(r));
        expect(pathsOf(subtractSet(left, right))).toEqual(l.difference(r));
        const isBelow = (path: string): boolean =>
          [...r].some((other) => path === other || path.startsWith(`${other}\n`));
        expect(pathsOf(subtractSubtrees(left, right))).toEqual(new Set([...l].filter((path) => !isBelow(path))));
        expect(isSubset(left, right)).toBe(l.isSubsetOf(r));
        expect(equalSets(left, right)).toBe(l.symmetricDifference(r).size === 0);
        for (const path of l) expect(hasPath(left, path.split("\n"))).toBe(true);
      }),
    );
  });

  it("survives being written and read", () => {
    fc.assert(
      fc.property(sets, (set) => {
        expect(encodeFieldsV1(decodeFieldsV1(encodeFieldsV1(set)))).toEqual(encodeFieldsV1(set));
      }),
    );
  });
});
