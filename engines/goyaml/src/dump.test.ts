import type { Json } from "@eddy/core/json";
import { describe, expect, it } from "vitest";
import { dump, dumpDocuments } from "./index.ts";

describe("dump writes as sigs.k8s.io/yaml does", () => {
  const cases: [value: Json, want: string][] = [
    ["a", "a\n"],
    ["yes", '"yes"\n'],
    ["n", '"n"\n'],
    ["0755", '"0755"\n'],
    ["1e3", '"1e3"\n'],
    ["1:30", '"1:30"\n'],
    ["2001-01-01", '"2001-01-01"\n'],
    ["", '""\n'],
    ["~", '"~"\n'],
    ["-", "'-'\n"],
    [" a", "' a'\n"],
    ["a: b", "'a: b'\n"],
    ["it's", "it's\n"],
    ["a\tb", '"a\\tb"\n'],
    ["é", "é\n"],
    ["😀", '"\\U0001F600"\n'],
    ["a\nb", "|-\n  a\n  b\n"],
    ["a\n", "|\n  a\n"],
    ["a\n\n", "|+\n  a\n\n"],
    ["  a\n", "|2\n    a\n"],
    ["a \nb", '"a \\nb"\n'],
    ["<<", "<<\n"],
    [5.0, "5\n"],
    [-0, "0\n"],
    [12345678.5, "1.23456785e+07\n"],
    [1e21, "1e+21\n"],
    [1e-7, "1e-07\n"],
    [0.1, "0.1\n"],
    [1e20, "1e+20\n"],
    [2 ** 60, "1152921504606847000\n"],
    [18446744073709551615n, "18446744073709551615\n"],
    [[], "[]\n"],
    [{}, "{}\n"],
    [null, "null\n"],
    [{ a: [1, { b: 2, c: [] }, ["x"]] }, "a:\n- 1\n- b: 2\n  c: []\n- - x\n"],
    [{ a: undefined, b: 1 }, "b: 1\n"],
    [{ "k\nl": [1] }, "? |-\n  k\n  l\n: - 1\n"],
    [{ a10: 0, a9: 0, A: 0, _x: 0, "1": 0, a: 0, B: 0 }, '_x: 0\n"1": 0\nA: 0\nB: 0\na: 0\na9: 0\na10: 0\n'],
    [`${"word ".repeat(20)}end`, `${"word ".repeat(17).trimEnd()}\n  word word word end\n`],
  ];
  it.each(cases)("%o", (value, want) => expect(dump(value)).toBe(want));

  it("writes equal objects alike, also where the order contradicts itself", () => {
    const want = '"0777": 1\n0x: 1\n"1e3": 1\n';
    expect(dump({ "1e3": 1, "0x": 1, "0777": 1 })).toBe(want);
    expect(dump({ "0x": 1, "0777": 1, "1e3": 1 })).toBe(want);
  });

  it("keeps the order of keys if asked to", () => {
    expect(dump({ b: 1, a: 2 }, { keepOrder: true })).toBe("b: 1\na: 2\n");
  });

  it("orders keys by bytes if asked to, also those that are numbers", () => {
    expect(dump({ 9: 1, 10: { b: 1, B: 2 }, a: 3 }, { byteOrder: true })).toBe('"10":\n  B: 2\n  b: 1\n"9": 1\na: 3\n');
  });

  it("refuses what go-yaml does not read back", () => {
    expect(() => dump("\x7f")).toThrow("yaml: control characters are not allowed");
    expect(() => dump({ ["k".repeat(1100)]: 1 })).toThrow("yaml: did not find expected ',' or '}'");
    expect(() => dump(Infinity)).toThrow("json: unsupported value");
  });

  it("joins documents", () => expect(dumpDocuments([{ a: 1 }, { b: 2 }])).toBe("a: 1\n---\nb: 2\n"));
});

it("bounds what is written: deep nesting indents every line", () => {
  let value: Json = Array.from({ length: 100_000 }, () => "a");
  for (let level = 0; level < 900; level++) value = [value];
  expect(() => dump(value)).toThrow("characters to write");
});
