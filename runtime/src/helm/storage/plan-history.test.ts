import { expect, test } from "vitest";
import { planHistory } from "./plan-history.ts";
import type { RevisionSummary } from "./release-storage.ts";

const revisions = (...statuses: RevisionSummary["status"][]): RevisionSummary[] =>
  statuses.map((status, index) => ({ name: "web", version: index + 1, status }));

test.each([
  ["there is room", revisions("superseded", "deployed"), 2, []],
  ["the oldest go", revisions("superseded", "superseded", "deployed"), 1, [1, 2]],
  ["the deployed one stays", revisions("deployed", "failed", "failed"), 1, [2, 3]],
  ["of two deployed ones the newest stays", revisions("deployed", "deployed"), 1, [1]],
  ["room for none but the deployed one", revisions("superseded", "deployed"), 0, [1]],
  ["none is deployed", revisions("failed", "failed"), 1, [1]],
])("%s", (_name, history, maximum, want) => {
  expect(planHistory(history, maximum).map(({ version }) => version)).toEqual(want);
});
