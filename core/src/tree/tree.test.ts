import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinPath, memoryTree } from "./index.ts";

describe("joinPath()", () => {
  it.each([
    ["a/b", "../c", "a/c"],
    ["", "x", "x"],
    [".", "./x//y/.", "x/y"],
    ["a", "..", ""],
    ["a", "../..", undefined],
    ["a", "/etc/passwd", undefined],
    ["a", "b\0c", undefined],
  ])("joins %j and %j to %j", (base, step, want) => {
    expect(joinPath(base, step)).toBe(want);
  });
  it("never leaves the root, whatever the steps", () => {
    const step = fc.constantFrom("..", ".", "a", "b", "", "../..", "x/y");
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const joined = joinPath("r/s", ...steps);
        expect(joined === undefined || !joined.split("/").includes("..")).toBe(true);
      }),
    );
  });
});

describe("memoryTree()", () => {
  const tree = memoryTree({ "b/two.yaml": "2", "b/one.yaml": "1", "a.yaml": "0" });
  it("lists directories sorted and tells kinds apart", () => {
    expect(tree.list("")).toEqual(["a.yaml", "b"]);
    expect(tree.list("b")).toEqual(["one.yaml", "two.yaml"]);
    expect([tree.kindOf("b"), tree.kindOf("a.yaml"), tree.kindOf("c")]).toEqual(["directory", "file", undefined]);
    expect(new TextDecoder().decode(tree.read("b/one.yaml"))).toBe("1");
    expect(tree.read("b")).toBeUndefined();
    expect(tree.list("a.yaml")).toBeUndefined();
  });
});
