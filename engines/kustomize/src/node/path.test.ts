import { describe, expect, test } from "vitest";
import { parseIndex, splitFieldPath, splitListIndex, splitPath } from "./path.ts";

test.each<[string, string[]]>([
  ["a/b", ["a", "b"]],
  ["/a/b", ["a", "b"]],
  ["metadata/annotations/x.y\\/z", ["metadata", "annotations", "x.y/z"]],
  ["", [""]],
])("splitPath %s", (path, steps) => expect(splitPath(path, "/")).toEqual(steps));

test.each<[string, string[]]>([
  ["spec.containers.[name=a.b].image", ["spec", "containers", "[name=a.b]", "image"]],
  [
    "metadata.annotations.[config.kubernetes.io/local-config]",
    ["metadata", "annotations", "config.kubernetes.io/local-config"],
  ],
  ["a.0.b.*", ["a", "0", "b", "*"]],
  ["a\\.b.c", ["a.b", "c"]],
])("splitFieldPath %s", (path, steps) => expect(splitFieldPath(path)).toEqual(steps));

describe("steps", () => {
  test("indexes are Go's integers", () => {
    expect(["1", "-1", "+2", "1x", ""].map(parseIndex)).toEqual([1, -1, 2, undefined, undefined]);
  });
  test("elements are chosen by field and value", () => {
    expect(splitListIndex("[a=b=c]")).toEqual({ name: "a", value: "b=c" });
    expect(splitListIndex("[a]")).toBeUndefined();
  });
});
