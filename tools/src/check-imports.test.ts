import { describe, expect, it } from "vitest";
import { checkImports, importsOf } from "./check-imports.ts";

describe("importsOf()", () => {
  it.each<[string, string, boolean, boolean]>([
    ["a line", 'import { a } from "x";', false, false],
    ["without what it ends with", 'import { a } from "x"', false, false],
    ["a comment behind it", 'import { a } from "x"; // why', false, false],
    ["another comment behind it", 'import { a } from "x"; /* why */', false, false],
    ["more than a line", 'import {\n  a,\n  b,\n} from "x";', false, false],
    ["for its effects", 'import "x";', false, false],
    ["types", 'import type { A } from "x";', true, false],
    ["handed on", 'export { a } from "x";', false, false],
    ["by a call", 'const a = await import("x");', false, true],
  ])("%s", (_, text, typeOnly, dynamic) => {
    expect(importsOf("core/src/a.ts", `${text}\n`)).toEqual([
      { file: "core/src/a.ts", specifier: "x", typeOnly, dynamic },
    ]);
  });
});

describe("checkImports()", () => {
  it("finds nothing in this tree", () => expect(checkImports()).toEqual([]));
});
