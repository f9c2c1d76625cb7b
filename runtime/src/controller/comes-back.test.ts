import type { ObjectRef } from "@eddy/core/object";
import { expect, it } from "vitest";
import { comesBack } from "./comes-back.ts";

const ref = (name: string): ObjectRef => ({ group: "g", kind: "K", namespace: "ns", name });
const reads: Record<string, string[]> = {
  self: ["self"],
  a: ["b"],
  b: ["c", "leaf"],
  c: ["a"],
  outer: ["a"],
  top: ["outer", "leaf"],
};

it.each([
  ["self", "self", true],
  ["b", "a", true],
  ["leaf", "b", false],
  // The dependant stands outside of the circle that it reads.
  ["a", "outer", false],
  ["outer", "top", false],
  ["none", "top", false],
])("%s leads to %s: %s", (from, to, want) => {
  expect(comesBack(ref(from), `ns/${to}`, ({ name }) => (reads[name] ?? []).map(ref))).toBe(want);
});
