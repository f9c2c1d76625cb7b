import { expect, test } from "vitest";
import { changesToJson, formatObjectChanges, neutraliseChanges } from "./format-changes.ts";
import type { ObjectChange } from "./diff-preview.ts";

const ref = { group: "", kind: "ConfigMap", namespace: "ns", name: "a" };
const changes: readonly ObjectChange[] = [
  { action: "created", ref },
  { action: "skipped", ref },
  {
    action: "drifted",
    ref,
    differences: [
      { path: ["data", "k"], details: [{ kind: "modified", from: "\u001b[2J", to: "user\u202egnp.exe" }] },
      { path: ["data"], details: [{ kind: "added", entries: { of: "map", values: [["a\u0007", "1"]] } }] },
    ],
  },
  { action: "changed below", ref, changes: [{ action: "deleted", ref }] },
  { action: "remote", ref },
];

test("a terminal shows escape sequences and does not obey them", () => {
  const text = formatObjectChanges(neutraliseChanges(changes), { colour: false, width: 80 });
  expect(text).toContain("- \\x1b[2J\n+ user\\u202egnp.exe\n");
  expect(text).toContain("  a\\x07: 1\n");
});

test("every change in its colour, and without one", () => {
  expect(formatObjectChanges(changes.slice(0, 2), { colour: true, width: 80 })).toBe(
    "\u001b[32m► ConfigMap/ns/a created\u001b[39m\n\u001b[33m► ConfigMap/ns/a skipped\u001b[39m\n",
  );
  expect(formatObjectChanges(changes.slice(3), { colour: false, width: 80 })).toBe(
    "📁 ConfigMap/ns/a changed\n► ConfigMap/ns/a deleted\n⚠️ ConfigMap/ns/a skipped: diff not supported for remote clusters\n",
  );
});

test("as data, nested changes are changes", () => {
  expect(changesToJson(changes.slice(3))).toMatchObject({
    changed: true,
    changes: [{ action: "changed", changed: true, changes: [{ action: "deleted" }] }, { action: "remote" }],
  });
  expect(changesToJson([{ action: "skipped", ref }]).changed).toBe(false);
});
