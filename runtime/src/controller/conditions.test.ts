import { describe, expect, test } from "vitest";
import type { Condition } from "@eddy/core/conditions";
import type { ErrorClass } from "@eddy/core/errors";
import {
  concludeConditions,
  progressConditions,
  setConditions,
  settleConditions,
  sortConditions,
} from "./conditions.ts";
import { determineConsequence } from "./consequence.ts";
import type { Outcome } from "./outcome.ts";
import { StepError } from "./step-error.ts";

const moment = { now: new Date("2026-01-01T00:00:10Z"), generation: 2 };
const before = (type: string, status: Condition["status"], reason: string, message = ""): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: "2026-01-01T00:00:00Z",
  observedGeneration: 1,
});
const brief = (conditions: readonly Condition[]): string[] =>
  conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason} ${message}`.trim());
const succeeded: Extract<Outcome, { kind: "succeeded" }> = {
  kind: "succeeded",
  reason: "Succeeded",
  message: "stored",
  status: {},
};
const failed = (errorClass: ErrorClass, condition?: string): Extract<Outcome, { kind: "failed" }> => ({
  kind: "failed",
  status: {},
  error: new StepError("GitOperationFailed", "no route", { class: errorClass, ...(condition ? { condition } : {}) }),
});

interface Case {
  name: string;
  conditions: Condition[];
  outcome: Extract<Outcome, { kind: "succeeded" | "failed" }>;
  progress?: string;
  want: string[];
  observed: boolean;
}

const cases: Case[] = [
  {
    name: "success removes every negative condition",
    conditions: [
      before("FetchFailed", "True", "GitOperationFailed"),
      before("Stalled", "True", "URLInvalid"),
      before("Reconciling", "True", "Progressing"),
    ],
    outcome: succeeded,
    want: ["Ready=True Succeeded stored"],
    observed: true,
  },
  {
    name: "a failure that may pass keeps Reconciling with what was being done",
    conditions: [before("Ready", "True", "Succeeded", "stored")],
    outcome: failed("retry", "FetchFailed"),
    progress: "cloning",
    want: [
      "Reconciling=True ProgressingWithRetry cloning",
      "Ready=False GitOperationFailed no route",
      "FetchFailed=True GitOperationFailed no route",
    ],
    observed: false,
  },
  {
    name: "what failed before it began is not being reconciled, as upstream says it",
    conditions: [],
    outcome: failed("waiting"),
    want: ["Ready=False GitOperationFailed no route"],
    observed: false,
  },
  {
    name: "a wait looks the same as a failure, without a negative condition",
    conditions: [before("Reconciling", "True", "Progressing", "cloning")],
    outcome: failed("waiting"),
    want: ["Reconciling=True ProgressingWithRetry cloning", "Ready=False GitOperationFailed no route"],
    observed: false,
  },
  {
    name: "a terminal failure stalls, ends Reconciling and counts as observed",
    conditions: [before("Reconciling", "True", "Progressing", "cloning")],
    outcome: failed("terminal"),
    want: ["Stalled=True GitOperationFailed no route", "Ready=False GitOperationFailed no route"],
    observed: true,
  },
  {
    name: "what somebody else set stays",
    conditions: [before("Foreign", "True", "Theirs")],
    outcome: succeeded,
    want: ["Ready=True Succeeded stored", "Foreign=True Theirs"],
    observed: true,
  },
];

describe("settleConditions()", () => {
  test.each(cases)("$name", ({ conditions, outcome, progress, want, observed }) => {
    const settled = settleConditions(conditions, outcome, moment, { negative: ["FetchFailed"], progress });
    expect([brief(settled.conditions), settled.observed]).toEqual([want, observed]);
  });

  test("an unchanged Ready keeps its transition time and takes the new generation", () => {
    const ready = before("Ready", "True", "Succeeded", "stored");
    const { conditions } = settleConditions([ready], succeeded, moment, { negative: [], progress: undefined });
    expect(conditions).toEqual([{ ...ready, observedGeneration: 2 }]);
  });
});

test("progressConditions() sets Reconciling and Ready=Unknown, and ends Stalled", () => {
  const conditions = progressConditions([before("Stalled", "True", "Failed")], moment, {
    reconciling: "Building",
    ready: "Reconciliation in progress",
  });
  expect(brief(conditions)).toEqual([
    "Reconciling=True Progressing Building",
    "Ready=Unknown Progressing Reconciliation in progress",
  ]);
});

test("setConditions() cuts messages at upstream's length", () => {
  const [ready] = setConditions([], moment, {
    type: "Ready",
    status: "False",
    reason: "Failed",
    message: "x".repeat(40_000),
  });
  expect([ready?.message.length, ready?.message.slice(-4)]).toEqual([32_768, "x..."]);
});

test("sortConditions() puts Stalled, Reconciling and Ready first, then by newest generation and type", () => {
  const old = { ...before("A", "True", "x"), observedGeneration: 1 };
  const list = [
    old,
    { ...before("C", "True", "x"), observedGeneration: 2 },
    { ...before("B", "True", "x"), observedGeneration: 2 },
    before("Ready", "True", "x"),
    before("Stalled", "True", "x"),
  ];
  expect(sortConditions(list).map(({ type }) => type)).toEqual(["Stalled", "Ready", "B", "C", "A"]);
});

test.each([
  ["terminal", undefined, { stalled: true, requeue: "onChange", counts: false }],
  ["waiting", undefined, { stalled: false, requeue: "after", counts: false }],
  ["retry", undefined, { stalled: false, requeue: "retry", counts: true }],
  ["retry", 5_000, { stalled: false, requeue: "after", counts: true }],
] as const)("determineConsequence(%s, retry after %s)", (errorClass, retryAfterMs, want) => {
  expect(determineConsequence({ class: errorClass, retryAfterMs })).toEqual(want);
});

test("progressConditions() leaves Ready as it is when it has no words for it", () => {
  const conditions = progressConditions([before("Ready", "False", "Failed", "no")], moment, {
    reconciling: "working",
    ready: undefined,
  });
  expect(brief(conditions)).toEqual(["Reconciling=True Progressing working", "Ready=False Failed no"]);
});

describe("concludeConditions()", () => {
  const ready = { status: "False", reason: "RollbackSucceeded", message: "back" } as const;
  const next = { kind: "onChange" } as const;
  const old = [before("Stalled", "True", "Old"), before("Reconciling", "True", "Progressing")];

  test("Ready has words of its own, beside Stalled", () => {
    const stalled = { reason: "RetriesExceeded", message: "gave up" };
    const settled = concludeConditions(old, { ready, stalled, observed: true, next }, moment);
    expect(brief(settled.conditions)).toEqual([
      "Stalled=True RetriesExceeded gave up",
      "Ready=False RollbackSucceeded back",
    ]);
    expect(settled.observed).toBe(true);
  });

  test("or beside Reconciling", () => {
    const settled = concludeConditions(old, { ready, retrying: "soon", observed: false, next }, moment);
    expect(brief(settled.conditions)).toEqual([
      "Reconciling=True ProgressingWithRetry soon",
      "Ready=False RollbackSucceeded back",
    ]);
    expect(settled.observed).toBe(false);
  });

  test("or alone", () => {
    const { conditions } = concludeConditions(old, { ready, observed: true, next }, moment);
    expect(brief(conditions)).toEqual(["Ready=False RollbackSucceeded back"]);
  });
});
