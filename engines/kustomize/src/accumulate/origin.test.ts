import { expect, test } from "vitest";
import { appendToOrigin, joinLexically } from "./origin.ts";

// What Go's filepath.Join makes of them.
test.each([
  ["", "a/b", "a/b"],
  ["a", "../b", "b"],
  ["a/../b", "../c", "c"],
  ["a", "../../b", "../b"],
  ["..", "a", "../a"],
  ["../a", "../../b", "../../b"],
  ["a", "..", ""],
])("%j and %j are %j", (base, path, want) => expect(joinLexically(base, path)).toBe(want));

test("a base in a repository starts anew", () => {
  const origin = appendToOrigin({ path: "local" }, "https://host.example/org/repo//a/../b?ref=v1");
  expect(origin).toEqual({ path: "a/../b", repo: "https://host.example/org/repo", ref: "v1" });
  expect(appendToOrigin(origin, "../c/x.yaml")).toMatchObject({ path: "c/x.yaml", ref: "v1" });
});
