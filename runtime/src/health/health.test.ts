import { describe, expect, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { determineHealth, type Health, type ObjectStatus } from "./determine-health.ts";
import type { StatusSource } from "./status-source.ts";
import { waitHealthy } from "./wait-healthy.ts";

const ref = (name: string): ObjectRef => ({ group: "apps", kind: "Deployment", namespace: "ns", name });

interface Case {
  name: string;
  statuses: (ObjectStatus | undefined)[];
  deletesItself?: boolean;
  failFast?: boolean;
  timedOut?: boolean;
  want: Health["state"] | string;
}

const cases: Case[] = [
  { name: "everything is current", statuses: ["Current", "Current"], want: "Healthy" },
  { name: "nothing is waited for", statuses: [], want: "Healthy" },
  { name: "one is not seen yet", statuses: ["Current", undefined], want: "Waiting" },
  { name: "one is in progress", statuses: ["Current", "InProgress"], want: "Waiting" },
  { name: "one is not there yet", statuses: ["NotFound"], want: "Waiting" },
  { name: "a job that deletes itself is gone", statuses: ["NotFound"], deletesItself: true, want: "Healthy" },
  {
    name: "one failed",
    statuses: ["InProgress", "Failed"],
    want: "failed early due to stalled resources: [Deployment/ns/b status: 'Failed']",
  },
  { name: "one failed, without fail-fast", statuses: ["InProgress", "Failed"], failFast: false, want: "Waiting" },
  {
    name: "the rest is current and one failed, without fail-fast",
    statuses: ["Current", "Failed"],
    failFast: false,
    want: "failed early due to stalled resources: [Deployment/ns/b status: 'Failed']",
  },
  {
    name: "time is up",
    statuses: ["Current", "InProgress", "NotFound", undefined],
    timedOut: true,
    want: "timeout waiting for: [Deployment/ns/b status: 'InProgress', Deployment/ns/c status: 'NotFound', can't determine status for Deployment/ns/d]",
  },
  { name: "time is up in the moment of success", statuses: ["Current"], timedOut: true, want: "Healthy" },
];

describe("determineHealth()", () => {
  test.each(cases)("$name", ({ statuses, deletesItself = false, failFast = true, timedOut = false, want }) => {
    const observed = statuses.map((status, index) => ({ ref: ref("abcd"[index] ?? ""), status, deletesItself }));
    const health = determineHealth(observed, { failFast, timedOut });
    expect(health.state === "Failed" ? health.message : health.state).toBe(want);
  });
});

describe("waitHealthy()", () => {
  function world(): {
    source: StatusSource;
    tell(name: string, status: ObjectStatus | undefined, resourceVersion?: string): void;
    following: Set<string>;
  } {
    const listeners = new Map<string, (object: KubeObject | undefined) => void>();
    const following = new Set<string>();
    return {
      following,
      source: {
        follow({ name }, _owned, listener) {
          listeners.set(name, listener);
          following.add(name);
          return () => void following.delete(name);
        },
      },
      tell(name, status, resourceVersion = "10") {
        listeners.get(name)?.(
          status && { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, resourceVersion }, wanted: status },
        );
      },
    };
  }
  const statusOf = (object: KubeObject): ObjectStatus => object["wanted"] as ObjectStatus;
  const subjects = [
    { ref: ref("a"), owned: true },
    { ref: ref("b"), owned: true },
  ];

  test("ends with the last object, and follows nothing any more", async () => {
    const { source, tell, following } = world();
    const clock = fakeClock();
    const waiting = waitHealthy(subjects, { source, clock, timeoutMs: 1_000, statusOf });
    tell("a", "Current");
    tell("b", "InProgress");
    tell("b", "Current");
    await waiting;
    expect([following.size, clock.pending()]).toEqual([0, 0]);
  });

  test("an object that becomes worse again is waited for", async () => {
    const { source, tell } = world();
    const clock = fakeClock();
    const waiting = waitHealthy(subjects, { source, clock, timeoutMs: 1_000, statusOf });
    tell("a", "Current");
    tell("a", "InProgress");
    tell("b", "Current");
    clock.advance(1_000);
    await expect(waiting).rejects.toThrow("timeout waiting for: [Deployment/ns/a status: 'InProgress']");
  });

  test("what the watch has from before our write does not count", async () => {
    const { source, tell } = world();
    const clock = fakeClock();
    let told = 0;
    const [a] = subjects;
    const waiting = waitHealthy([{ ...(a as (typeof subjects)[0]), sinceResourceVersion: "100" }], {
      source,
      clock,
      timeoutMs: 1_000,
      statusOf,
      onWaiting: () => void told++,
    });
    tell("a", "Current", "99");
    expect(told).toBe(1);
    tell("a", "Current", "100");
    await waiting;
  });

  test("an abort ends it with its reason, and stops following", async () => {
    const { source, following } = world();
    const abort = new AbortController();
    const waiting = waitHealthy(subjects, {
      source,
      clock: fakeClock(),
      timeoutMs: 1_000,
      statusOf,
      signal: abort.signal,
    });
    abort.abort(new Error("a newer revision"));
    await expect(waiting).rejects.toThrow("a newer revision");
    expect(following.size).toBe(0);
  });
});
