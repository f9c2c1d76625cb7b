import { describe, expect, test } from "vitest";
import { createDependents } from "./dependents.ts";
import { defaultSettings } from "./environment.ts";
import { diffMergePatch } from "./merge-patch.ts";
import type { ReconcilableObject } from "./object.ts";
import { planRequeue, type Next } from "./requeue.ts";
import { priorityOf, supersedes } from "./triggers.ts";

const objectOf = (
  metadata: object = {},
  status: ReconcilableObject["status"] = {},
  spec: object = { interval: "10m" },
): ReconcilableObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: { name: "a", namespace: "ns", uid: "1", generation: 1, ...metadata },
  spec,
  status,
});
const requested = (value: string): object => ({ annotations: { "reconcile.fluxcd.io/requestedAt": value } });

describe("priorityOf()", () => {
  test.each([
    ["a new object", undefined, objectOf(), "event"],
    ["an object that was reconciled before the start", undefined, objectOf({}, { observedGeneration: 1 }), "resync"],
    [
      "an object that waits for its answer since before the start",
      undefined,
      objectOf(requested("x"), { observedGeneration: 1 }),
      "requested",
    ],
    ["a new generation", objectOf(), objectOf({ generation: 2 }), "event"],
    ["a request", objectOf(), objectOf(requested("x")), "requested"],
    [
      "a request that was answered",
      objectOf(requested("x")),
      objectOf(requested("x"), { lastHandledReconcileAt: "x" }),
      undefined,
    ],
    [
      "another request",
      objectOf(requested("x")),
      objectOf(requested("y"), { lastHandledReconcileAt: "x" }),
      "requested",
    ],
    ["the own status", objectOf(), objectOf({}, { observedGeneration: 1 }), undefined],
    ["a label", objectOf(), objectOf({ labels: { a: "b" } }), undefined],
    ["a deletion", objectOf(), objectOf({ deletionTimestamp: "2026-01-01T00:00:00Z" }), "event"],
    ["another object of the same name", objectOf(), objectOf({ uid: "2" }), "event"],
  ] as const)("%s", (_name, before, after, want) => {
    expect(priorityOf(before, after)).toBe(want);
  });

  test("only another generation or object makes a running pass pointless", () => {
    expect(supersedes(objectOf(), objectOf(requested("x")))).toBe(false);
    expect(supersedes(objectOf(), objectOf({ generation: 2 }))).toBe(true);
  });
});

describe("planRequeue()", () => {
  const cases: [string, Next, number, number, number | undefined][] = [
    ["the interval, in the middle of its jitter", { kind: "interval", afterMs: undefined }, 0, 0.5, 600_000],
    ["the interval, at the lower end", { kind: "interval", afterMs: undefined }, 0, 0, 570_000],
    ["what the pass says instead", { kind: "interval", afterMs: 1_000 }, 0, 0.5, 1_000],
    ["a wait, to the millisecond", { kind: "after", afterMs: 30_000 }, 0, 0.9, 30_000],
    ["the first failure", { kind: "retry" }, 1, 0.5, 750],
    ["the fourth failure", { kind: "retry" }, 4, 0.5, 6_000],
    ["the thousandth failure", { kind: "retry" }, 1_000, 0.5, 900_000],
    ["a stall", { kind: "onChange" }, 0, 0.5, undefined],
  ];
  test.each(cases)("%s", (_name, next, failures, random, want) => {
    expect(
      planRequeue({ next, object: objectOf(), retry: { kind: "backoff" }, failures, random }, defaultSettings),
    ).toBe(want);
  });

  test("a kind with a fixed retry never backs off", () => {
    const facts = {
      next: { kind: "retry" } as const,
      object: objectOf(),
      retry: { kind: "fixed", delayMs: 60_000 } as const,
      failures: 9,
      random: 0,
    };
    expect(planRequeue(facts, defaultSettings)).toBe(60_000);
    const soon = { ...facts, next: { kind: "backoff" } as const, random: 0.5 };
    expect([1, 9].map((failures) => planRequeue({ ...soon, failures }, defaultSettings))).toEqual([750, 60_000]);
  });

  test("an object with a wrong interval is looked at when it changes", () => {
    const object = objectOf({}, {}, { interval: "soon" });
    const facts = {
      next: { kind: "interval", afterMs: undefined } as const,
      object,
      retry: { kind: "backoff" } as const,
      failures: 0,
      random: 0,
    };
    expect(planRequeue(facts, defaultSettings)).toBeUndefined();
  });
});

describe("createDependents()", () => {
  const ref = (name: string): { group: string; kind: string; namespace: string; name: string } => ({
    group: "g",
    kind: "K",
    namespace: "ns",
    name,
  });

  test("finds owners by what they read, and forgets what they no longer read", () => {
    const dependents = createDependents();
    dependents.set("a", [ref("x"), ref("y")]);
    dependents.set("b", [ref("x")]);
    expect([...dependents.of(ref("x"))]).toEqual(["a", "b"]);
    dependents.set("a", [ref("y")]);
    expect([...dependents.of(ref("x"))]).toEqual(["b"]);
    dependents.delete("b");
    expect([[...dependents.of(ref("x"))], [...dependents.of(ref("y"))]]).toEqual([[], ["a"]]);
  });
});

describe("diffMergePatch()", () => {
  test.each([
    ["nothing", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, undefined],
    ["a changed member", { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ["a removed member", { a: 1, b: 2 }, { a: 1 }, { b: null }],
    ["a member set to null", { a: 1 }, { a: null }, { a: null }],
    ["a deep change", { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 1, d: 3 } } }, { a: { b: { d: 3 } } }],
    ["a list, as a whole", { a: [1, 2] }, { a: [1] }, { a: [1] }],
    ["an object where a list was", { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
  ] as const)("%s", (_name, before, after, want) => {
    expect(diffMergePatch(before as never, after as never)).toEqual(want);
  });
});
