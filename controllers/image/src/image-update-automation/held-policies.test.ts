import { expect, test } from "vitest";
import { formatHeld, heldCondition, readHeld } from "./held-policies.ts";

function read(message: string): ReadonlyMap<string, string> {
  return readHeld([
    { type: heldCondition, status: "True", reason: "Held", message, lastTransitionTime: "2026-01-01T00:00:00Z" },
  ]);
}

test("what is held is read as it was written", () => {
  const held = new Map([
    ["apps/web", "web:1"],
    ["apps/db", "db:2@sha256:ab"],
  ]);
  expect(read(formatHeld(held))).toEqual(held);
});

test("a condition that somebody else wrote is read in linear time", () => {
  expect(read(`held: ${"a".repeat(1_000_000)}`).size).toBe(0);
});
