import { describe, expect, onTestFinished, test } from "vitest";
import { fakeClock, type FakeClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "../client.ts";
import { KubeApiError } from "../errors.ts";
import { acquireLease } from "./acquire-lease.ts";
import { determineLeaseStep, formatMicroTime, nextLeaseSpec, type LeaseSpec } from "./determine-lease-step.ts";
import type { LeaseCandidate, LeaseOptions } from "./lease.ts";

describe("determineLeaseStep", () => {
  const theirs: LeaseSpec = {
    holderIdentity: "them",
    leaseDurationSeconds: 35,
    renewTime: "2026-01-01T00:00:00.000000Z",
    leaseTransitions: 3,
  };
  const cases: [name: string, spec: LeaseSpec | undefined, sinceMs: number, want: string][] = [
    ["there is none", undefined, 0, "Create"],
    ["nobody holds it", { ...theirs, holderIdentity: "" }, 100_000, "Acquire"],
    ["it is ours", { ...theirs, holderIdentity: "me" }, 0, "Renew"],
    ["another renewed it a moment ago", theirs, 99_000, "Wait"],
    ["another has been silent for its duration", theirs, 65_000, "Acquire"],
    ["the holder's own duration counts", { ...theirs, leaseDurationSeconds: 60 }, 65_000, "Wait"],
    ["the holder's clock does not", { ...theirs, renewTime: "2020-01-01T00:00:00.000000Z" }, 99_000, "Wait"],
  ];
  test.for(cases)("%s", ([, spec, sinceMs, want]) =>
    expect(determineLeaseStep({ spec, sinceMs }, "me", 100_000, 35_000)).toBe(want),
  );
  test("taking it over counts as a transition, renewing does not", () => {
    const now = new Date("2026-02-03T04:05:06.789Z");
    expect(nextLeaseSpec(theirs, "Acquire", "me", now, 35_000)).toEqual({
      holderIdentity: "me",
      leaseDurationSeconds: 35,
      acquireTime: "2026-02-03T04:05:06.789000Z",
      renewTime: "2026-02-03T04:05:06.789000Z",
      leaseTransitions: 4,
    });
    expect(nextLeaseSpec({ ...theirs, acquireTime: "then" }, "Renew", "me", now, 35_000)).toMatchObject({
      acquireTime: "then",
      leaseTransitions: 3,
    });
    expect(formatMicroTime(now)).toBe("2026-02-03T04:05:06.789000Z");
  });
});

type LeaseAccess = Pick<KubeClient, "get" | "create" | "replace">;

/** The API server's part: one lease with optimistic locking, that can be made to refuse everything. */
function leaseServer(): {
  kube: LeaseAccess;
  stored: () => LeaseSpec | undefined;
  setBroken: (broken: boolean) => void;
} {
  let lease: KubeObject | undefined;
  let [version, broken] = [0, false];
  const refuse = (code: number, reason: string): never => {
    throw new KubeApiError({ code, reason, message: reason });
  };
  const store = async (sent: KubeObject, accepted: boolean): Promise<never> => {
    if (broken) refuse(500, "InternalError");
    if (!accepted) refuse(409, "Conflict");
    lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: `${++version}` } };
    return structuredClone(lease) as never;
  };
  const kube: LeaseAccess = {
    get: async () =>
      broken ? refuse(500, "InternalError") : lease ? (structuredClone(lease) as never) : refuse(404, "NotFound"),
    create: (sent) => store(sent, lease === undefined),
    replace: (sent) => store(sent, sent.metadata.resourceVersion === lease?.metadata.resourceVersion),
  };
  return { kube, stored: () => lease?.["spec"] as LeaseSpec | undefined, setBroken: (value) => void (broken = value) };
}

/** Moves time in the steps in which the candidates look, letting each finish. */
async function pass(clock: FakeClock, byMs: number): Promise<void> {
  for (let passed = 0; passed < byMs; passed += 1_000) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function candidate(
  kube: LeaseAccess,
  clock: FakeClock,
  identity: string,
  extra: Partial<LeaseOptions> = {},
): { candidate: LeaseCandidate; events: string[] } {
  const events: string[] = [];
  const candidate = acquireLease(kube, {
    namespace: "n",
    name: "l",
    identity,
    clock,
    onEvent: (event) => events.push(event.type === "observed" ? `observed ${event.holder}` : event.type),
    ...extra,
  });
  onTestFinished(() => candidate.stop());
  return { candidate, events };
}

test("one leads, gives it back, and the other follows in the next term", async () => {
  const { kube, stored } = leaseServer();
  const clock = fakeClock();
  const one = candidate(kube, clock, "one");
  const first = await one.candidate.acquired;
  expect([first.term, first.isHeld(), one.candidate.holder]).toEqual([0, true, "one"]);
  const two = candidate(kube, clock, "two");
  await pass(clock, 60_000);
  expect([one.events, two.events]).toEqual([["gained"], ["observed one"]]);
  await one.candidate.stop();
  expect(stored()).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
  expect([first.isHeld(), first.signal.aborted]).toEqual([false, true]);
  await pass(clock, 6_000);
  expect((await two.candidate.acquired).term).toBe(1);
  expect(one.events).toEqual(["gained", "lost"]);
});

test("a holder that cannot renew stops before anybody else may begin", async () => {
  const { kube, setBroken } = leaseServer();
  const clock = fakeClock();
  const one = candidate(kube, clock, "one");
  const leadership = await one.candidate.acquired;
  setBroken(true);
  await pass(clock, 29_000);
  expect(leadership.isHeld()).toBe(true);
  await pass(clock, 2_000);
  expect([leadership.isHeld(), leadership.signal.aborted, one.events]).toEqual([false, true, ["gained", "lost"]]);
  setBroken(false);
  await pass(clock, 6_000);
  expect(one.events).toEqual(["gained", "lost", "gained"]);
});

test("a lease whose holder died is taken when its duration has passed", async () => {
  const { kube, stored } = leaseServer();
  const clock = fakeClock();
  const one = candidate(kube, clock, "one", { releaseOnStop: false });
  await one.candidate.acquired;
  await one.candidate.stop();
  expect(stored()?.holderIdentity).toBe("one");
  const two = candidate(kube, clock, "two");
  await pass(clock, 33_000);
  expect(two.events).toEqual(["observed one"]);
  await pass(clock, 8_000);
  expect(two.events).toEqual(["observed one", "gained"]);
});

test("somebody who writes himself into the lease takes it away at once", async () => {
  const { kube } = leaseServer();
  const clock = fakeClock();
  const one = candidate(kube, clock, "one");
  await one.candidate.acquired;
  const key = { group: "coordination.k8s.io", kind: "Lease", namespace: "n", name: "l" };
  const lease = await kube.get(key);
  await kube.replace({
    ...lease,
    spec: { ...(lease["spec"] as LeaseSpec), holderIdentity: "thief", renewTime: "now" },
  });
  await pass(clock, 6_000);
  expect(one.events).toEqual(["gained", "observed thief", "lost"]);
});

test("renewing costs one write a period, and a failed one is tried again sooner", async () => {
  const server = leaseServer();
  const requests: string[] = [];
  const counted = (verb: "get" | "create" | "replace"): never =>
    ((...args: never[]) => {
      requests.push(verb);
      return (server.kube[verb] as (...given: never[]) => unknown)(...args);
    }) as never;
  const kube = { get: counted("get"), create: counted("create"), replace: counted("replace") } as LeaseAccess;
  const clock = fakeClock();
  const one = candidate(kube, clock, "one", { renewPeriodMs: 18_000 });
  await one.candidate.acquired;
  expect(requests.splice(0)).toEqual(["get", "create"]);
  await pass(clock, 60_000);
  expect(requests.splice(0)).toEqual(["replace", "replace", "replace"]);
  server.setBroken(true);
  await pass(clock, 18_000);
  server.setBroken(false);
  await pass(clock, 6_000);
  expect(requests.slice(-2)).toEqual(["get", "replace"]);
  expect(one.events).toEqual(["gained"]);
});
