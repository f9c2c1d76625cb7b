import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "@eddy/core/json";
import { compareValues } from "./compare-values.ts";
import { formatDifferences } from "./format-differences.ts";
import { lineChanges } from "./line-changes.ts";

const cases: { name: string; from: Json; to: Json; want: string; width?: number }[] = [
  { name: "nothing", from: { a: [1, { b: 2 }] }, to: { a: [1, { b: 2 }] }, want: "\n" },
  {
    name: "a number",
    from: { spec: { replicas: 1 } },
    to: { spec: { replicas: 2 } },
    want: "\nspec.replicas\n± value change\n- 1\n+ 2\n\n",
  },
  {
    name: "a port by its name",
    from: { ports: [{ name: "http", port: 9899 }] },
    to: { ports: [{ name: "http", port: 9898 }] },
    want: "\nports.http.port\n± value change\n- 9899\n+ 9898\n\n",
  },
  {
    name: "another type",
    from: { a: "1", b: null, c: 1, d: {} },
    to: { a: 1, b: "x", c: 1.5, d: ["y"] },
    want:
      "\na\n± type change from string to int\n- 1\n+ 1\n\nb\n± type change from <nil> to string\n- <nil>\n+ x\n" +
      "\nc\n± type change from int to float\n- 1\n+ 1.5\n\nd\n± type change from map to list\n-\n+ - y\n\n",
  },
  {
    name: "entries of a map: what names them first, what is deep last",
    from: {},
    to: { labels: { "a/b": "c d", e: "", f: "true", g: "-" }, spec: { x: [{ z: 1 }], name: "n", a: {}, b: [] } },
    want:
      '\n(root level)\n+ two map entries added:\n  labels:\n    a/b: "c d"\n    e:\n    f: "true"\n    g: "-"\n' +
      "  spec:\n    name: n\n    a: {}\n    b: []\n    x:\n    - z: 1\n\n",
  },
  {
    name: "what went beside what came",
    from: { data: { "drift-key": "*****" } },
    to: { data: { token: "*****" } },
    want: '\ndata\n- one map entry removed:   + one map entry added:\ndrift-key: "*****"           token: "*****"\n\n',
  },
  {
    name: "below each other where there is no room",
    from: { data: { "drift-key": "*****" } },
    to: { data: { token: "*****" } },
    width: 40,
    want: '\ndata\n- one map entry removed:\ndrift-key: "*****"\n\n+ one map entry added:\n  token: "*****"\n\n\n',
  },
  {
    name: "items without names, and their order",
    from: { args: ["a", "b", "b", "c"] },
    to: { args: ["b", "a", "d"] },
    want:
      "\nargs\n- two list entries removed:   + one list entry added:\n" +
      "- b                             - d\n- c\n\n",
  },
  {
    name: "only the order",
    from: { args: ["a", "b"] },
    to: { args: ["b", "a"] },
    want: "\nargs\n⇆ order changed\n- a, b\n+ b, a\n\n",
  },
  {
    name: "a text of several lines",
    from: { data: { f: "one\ntwo\nthree\n" } },
    to: { data: { f: "one\n2\nthree\nfour\n" } },
    want: "\ndata.f\n± value change in multiline text (two inserts, one deletion)\n- two\n+ 2\n+ four\n\n\n",
  },
  {
    name: "only space",
    from: { a: "x " },
    to: { a: "x\n" },
    want: "\na\n± whitespace only change\n- x·   + x↵\n\n\n",
  },
  {
    name: "a key that every object inherits",
    from: { data: {} },
    to: { data: { constructor: "x" } },
    want: "\ndata\n+ one map entry added:\n  constructor: x\n\n",
  },
  {
    name: "objects by their names",
    from: { items: [{ apiVersion: "v1", kind: "A", metadata: { name: "n" }, x: 1 }] },
    to: { items: [{ apiVersion: "v1", kind: "A", metadata: { name: "n" }, x: 2 }] },
    want: "\nitems.v1/A/n.x\n± value change\n- 1\n+ 2\n\n",
  },
];

test.each(cases)("differences of $name", ({ from, to, want, width = 80 }) => {
  expect(formatDifferences(compareValues(from, to), { colour: false, width })).toBe(want);
});

test("colours take no room", () => {
  const differences = compareValues({ data: { a: "1" } }, { data: { b: "2" } });
  const coloured = formatDifferences(differences, { colour: true, width: 80 });
  expect(coloured).toContain("\u001b[31ma: 1\u001b[39m");
  // oxlint-disable-next-line no-control-regex
  expect(coloured.replaceAll(/\u001b\[\d+m/g, "").replaceAll(/ +$/gm, "")).toBe(
    formatDifferences(differences, { colour: false, width: 80 }),
  );
});

test("lines: what stays and what came are the new text, whatever the texts", () => {
  const text = fc.array(fc.constantFrom("a\n", "b\n", "c\n", "d"), { maxLength: 12 }).map((lines) => lines.join(""));
  fc.assert(
    fc.property(text, text, (from, to) => {
      const changes = lineChanges(from, to);
      const all = (kind: string): string[] =>
        changes.filter((each) => each.kind === kind).flatMap(({ lines }) => lines);
      const left = from.length - all("removed").join("").length;
      expect(left).toBe(to.length - all("added").join("").length);
      expect(changes.length === 0).toBe(from === to);
    }),
  );
});

test("a value never differs from itself", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(compareValues(value as Json, value as Json)).toEqual([]);
    }),
  );
});
