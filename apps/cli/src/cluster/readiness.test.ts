import { expect, test } from "vitest";
import { determineReadiness, lastHandledRequest } from "./readiness.ts";

type Row = [type: string, status: string, reason: string, message: string, observedGeneration?: number];
const object = (generation: number, observedGeneration: number | undefined, ...rows: Row[]) => ({
  apiVersion: "v1",
  kind: "K",
  metadata: { name: "n", generation },
  status: {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    conditions: rows.map(([type, status, reason, message, observed]) => ({
      type,
      status,
      reason,
      message,
      ...(observed === undefined ? {} : { observedGeneration: observed }),
    })),
  },
});

const ready: Row = ["Ready", "True", "Succeeded", "stored artifact", 2];
const failed: Row = ["Ready", "False", "BuildFailed", "no such file", 2];

// Source: flux2.md 3.10, what a watcher sees.
test.each([
  { name: "just created", object: object(1, -1), want: { state: "InProgress", message: "waiting to be reconciled" } },
  { name: "success", object: object(2, 2, ready), want: { state: "Ready", message: "stored artifact" } },
  {
    name: "success of an older spec",
    object: object(3, 2, ready),
    want: { state: "InProgress", message: "stored artifact" },
  },
  {
    name: "a pass goes on",
    object: object(
      2,
      2,
      ["Reconciling", "True", "Progressing", "building"],
      ["Ready", "Unknown", "Progressing", "building", 2],
    ),
    want: { state: "InProgress", message: "building" },
  },
  {
    name: "failed and tried again, the spec not observed yet",
    object: object(2, 1, ["Reconciling", "True", "ProgressingWithRetry", "no such file"], failed),
    want: { state: "Retrying", message: "no such file" },
  },
  {
    name: "stalled",
    object: object(2, 2, ["Stalled", "True", "InvalidCELExpression", "bad expression"], failed),
    want: { state: "Stalled", message: "bad expression" },
  },
  {
    name: "a condition without generation counts by the status",
    object: object(2, 2, ["Ready", "True", "Ok", "ok"]),
    want: { state: "Ready", message: "ok" },
  },
])("$name", ({ object, want }) => {
  expect(determineReadiness(object)).toEqual(want);
});

test("the last handled request is empty before there was one", () => {
  expect(lastHandledRequest(object(1, 1))).toBe("");
  expect(lastHandledRequest({ ...object(1, 1), status: { lastHandledReconcileAt: "now" } })).toBe("now");
});
