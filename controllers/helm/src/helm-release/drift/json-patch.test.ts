import { expect, test } from "vitest";
import { diffJson, type PatchOperation } from "./json-patch.ts";

const brief = (operations: PatchOperation[]): string[] =>
  operations.map(({ op, path, value }) => `${op} ${path}${value === undefined ? "" : ` ${JSON.stringify(value)}`}`);

test.each<[object, object, string[]]>([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: 1 }, { a: 2 }, ["replace /a 2"]],
  [{ a: 1 }, { b: 1 }, ['replace  {"b":1}']],
  [{ spec: { a: "x".repeat(50), b: 1 } }, { spec: { a: "x".repeat(50) } }, ["remove /spec/b"]],
  [{ l: ["a".repeat(40), "b", "c"] }, { l: ["a".repeat(40)] }, ["remove /l/1", "remove /l/1"]],
  [{ l: ["a".repeat(60)] }, { l: ["a".repeat(60), "b"] }, ['add /l/- "b"']],
  [{ "a/b~c": "x".repeat(20), z: "z".repeat(40) }, { "a/b~c": "y", z: "z".repeat(40) }, ['replace /a~1b~0c "y"']],
])("%j to %j", (before, after, want) => {
  expect(brief(diffJson(before as never, after as never))).toEqual(want);
});
