import { fakeClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { ObjectStatus } from "@eddy/kstatus";
import { describe, expect, test } from "vitest";
import type { StatusSource } from "../../health/index.ts";
import { createWaiter } from "./create-waiter.ts";
import { hookStatus } from "./hook-status.ts";
import { legacyHookReadiness, legacyReadiness } from "./legacy-readiness.ts";
import { judgeGone, judgeReady } from "./status-verdict.ts";

const object = (kind: string, fields: object = {}, apiVersion: string = "apps/v1"): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: "web", namespace: "ns", generation: 1, resourceVersion: "5" },
  ...fields,
});
const status = (name: ObjectStatus["status"], message: string = "why"): ObjectStatus => ({ status: name, message });

describe("judgeReady()", () => {
  const line = (name: string): string => `resource Deployment/ns/web not ready. status: ${name}, message: why`;
  test.each([
    ["everything is current", ["Current"], false, "done"],
    ["nothing is waited for", [], false, "done"],
    ["one is in progress", ["Current", "InProgress"], false, "waiting"],
    ["one has failed, one is in progress", ["Failed", "InProgress"], false, "waiting"],
    ["one has failed, the rest is current", ["Failed", "Current"], false, line("Failed")],
    ["time is up", ["InProgress", "Current"], true, `${line("InProgress")}\ncontext deadline exceeded`],
    ["time is up in the moment of success", ["Current"], true, "done"],
  ] as const)("%s", (_name, statuses, isOver, want) => {
    const readings = statuses.map((name) => ({ object: object("Deployment"), status: status(name) }));
    const verdict = judgeReady(readings, isOver);
    expect(verdict.state === "failed" ? verdict.message : verdict.state).toBe(want);
  });

  test("what was never seen is unknown", () => {
    const verdict = judgeReady([{ object: object("Deployment"), status: undefined }], true);
    expect(verdict).toMatchObject({
      message: "resource Deployment/ns/web not ready. status: Unknown, message: \ncontext deadline exceeded",
    });
  });
});

describe("judgeGone()", () => {
  test.each([
    ["everything is gone", "NotFound", false, "done"],
    ["one is on its way", "Terminating", false, "waiting"],
    [
      "time is up",
      "Terminating",
      true,
      "resource Deployment/ns/web still exists. status: Terminating, message: why\ncontext deadline exceeded",
    ],
  ] as const)("%s", (_name, name, isOver, want) => {
    const verdict = judgeGone([{ object: object("Deployment"), status: status(name) }], isOver);
    expect(verdict.state === "failed" ? verdict.message : verdict.state).toBe(want);
  });
});

describe("hooks", () => {
  const now = new Date(0);
  const pod = (phase: string): KubeObject => object("Pod", { status: { phase } }, "v1");
  const job = (type: string): KubeObject =>
    object("Job", { status: { conditions: [{ type, status: "True", reason: "Why" }], failed: 1 } }, "batch/v1");
  test.each([
    ["a pod that runs", pod("Running"), "InProgress", "NotReady"],
    ["a pod that is done", pod("Succeeded"), "Current", "Ready"],
    ["a pod that failed", pod("Failed"), "Failed", "pod web failed"],
    ["a job that is done", job("Complete"), "Current", "Ready"],
    ["a job that failed", job("Failed"), "Failed", "job web failed: Why"],
    ["a job that runs", job("Suspended"), "InProgress", "NotReady"],
    ["nothing", undefined, "NotFound", "NotReady"],
  ] as const)("%s", (_name, live, want, legacy) => {
    expect(hookStatus(live, now).status).toBe(want);
    const readiness = legacyHookReadiness(live);
    expect(readiness.state === "Broken" ? readiness.message : readiness.state).toBe(legacy);
  });
});

describe("legacyReadiness()", () => {
  const rolling = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%" } };
  const deployment = (spec: object, counts: object): KubeObject =>
    object("Deployment", {
      spec: { replicas: 4, strategy: rolling, ...spec },
      status: { observedGeneration: 1, ...counts },
    });
  const all = { replicas: 4, updatedReplicas: 4, readyReplicas: 4 };
  test.each<[string, KubeObject | undefined, boolean]>([
    ["nothing", undefined, false],
    ["a kind that it does not know", object("Thing", {}, "x/v1"), true],
    ["a deployment", deployment({}, all), true],
    ["one short, as many as may be", deployment({}, { ...all, readyReplicas: 3 }), true],
    ["two short", deployment({}, { ...all, readyReplicas: 2 }), false],
    ["ready pods that may be old ones", deployment({}, { replicas: 5, updatedReplicas: 1, readyReplicas: 5 }), false],
    ["not seen by its controller", deployment({}, { ...all, observedGeneration: 0 }), false],
    ["paused", deployment({ paused: true }, {}), true],
    ["a service", object("Service", { spec: { clusterIP: "10.0.0.1" } }, "v1"), true],
    ["a headless name", object("Service", { spec: { type: "ExternalName" } }, "v1"), true],
    ["a balancer", object("Service", { spec: { clusterIP: "10.0.0.1", type: "LoadBalancer" } }, "v1"), false],
    [
      "a balancer with an address",
      object(
        "Service",
        { spec: { clusterIP: "1", type: "LoadBalancer" }, status: { loadBalancer: { ingress: [] } } },
        "v1",
      ),
      true,
    ],
    ["a claim", object("PersistentVolumeClaim", { status: { phase: "Bound" } }, "v1"), true],
    ["a claim that waits", object("PersistentVolumeClaim", { status: { phase: "Pending" } }, "v1"), false],
    [
      "a stateful set",
      object("StatefulSet", {
        spec: { replicas: 1, updateStrategy: { type: "RollingUpdate" } },
        status: {
          observedGeneration: 1,
          updatedReplicas: 1,
          readyReplicas: 1,
          currentRevision: "a",
          updateRevision: "a",
        },
      }),
      true,
    ],
    [
      "a daemon set on the way",
      object("DaemonSet", {
        spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } } },
        status: { observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 2, numberReady: 3 },
      }),
      false,
    ],
    [
      "a replica set",
      object("ReplicaSet", { spec: { replicas: 1 }, status: { observedGeneration: 1, readyReplicas: 1 } }),
      true,
    ],
    [
      "a definition whose names clash",
      object(
        "CustomResourceDefinition",
        { status: { conditions: [{ type: "NamesAccepted", status: "False" }] } },
        "apiextensions.k8s.io/v1",
      ),
      true,
    ],
  ])("%s", (_name, live, want) => {
    expect(legacyReadiness(live, { jobs: false }).state).toBe(want ? "Ready" : "NotReady");
  });

  test("jobs count only when they are asked for", () => {
    const job = object("Job", { spec: { completions: 1, backoffLimit: 0 }, status: { failed: 1 } }, "batch/v1");
    expect(legacyReadiness(job, { jobs: false }).state).toBe("Ready");
    expect(legacyReadiness(job, { jobs: true })).toEqual({ state: "Broken", message: "job is failed: ns/web" });
  });
});

describe("waiters", () => {
  function world(): { source: StatusSource; tell(live: KubeObject | undefined): void; following(): number } {
    const listeners = new Set<(live: KubeObject | undefined) => void>();
    return {
      source: {
        follow(_ref, _owned, listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      tell: (live) => listeners.forEach((listener) => listener(live)),
      following: () => listeners.size,
    };
  }
  const ready = object("Deployment", {
    spec: { replicas: 0 },
    status: { observedGeneration: 1, conditions: [{ type: "Available", status: "True" }] },
  });
  const fresh = object("Deployment", { spec: { replicas: 0 } });
  const options = { jobs: false, timeoutMs: 1_000 };

  test("what is ready when it was applied is not watched", async () => {
    const { source, following } = world();
    await createWaiter("watcher", { source, clock: fakeClock() }).ready([ready], options);
    expect(following()).toBe(0);
  });

  test("what is not is watched until it is, and no look at it from before counts", async () => {
    const { source, tell, following } = world();
    const clock = fakeClock();
    const waiting = createWaiter("watcher", { source, clock }).ready([fresh], options);
    tell({ ...ready, metadata: { ...ready.metadata, resourceVersion: "4" } });
    expect(following()).toBe(1);
    tell({ ...ready, metadata: { ...ready.metadata, resourceVersion: "6" } });
    await waiting;
    expect([following(), clock.pending()]).toEqual([0, 0]);
  });

  test.each(["watcher", "legacy"] as const)("%s: time is up, and an abort ends it", async (strategy) => {
    const { source, following } = world();
    const clock = fakeClock();
    const waiter = createWaiter(strategy, { source, clock });
    const waiting = waiter.ready([fresh], options);
    clock.advance(1_000);
    await expect(waiting).rejects.toThrow("context deadline exceeded");
    const abort = new AbortController();
    const aborted = waiter.gone([fresh], { timeoutMs: 1_000, signal: abort.signal });
    abort.abort(new Error("stopped"));
    await expect(aborted).rejects.toThrow("stopped");
    expect(following()).toBe(0);
  });

  test("without --wait only hooks are waited for", async () => {
    const { source, tell, following } = world();
    const waiter = createWaiter("hookOnly", { source, clock: fakeClock() });
    await waiter.ready([fresh], options);
    await waiter.gone([fresh], options);
    const waiting = waiter.hookDone([object("Pod", {}, "v1"), object("ConfigMap", {}, "v1")], options);
    expect(following()).toBe(1);
    tell(object("Pod", { status: { phase: "Succeeded" } }, "v1"));
    await waiting;
  });

  test("a paused deployment is not waited for", async () => {
    const { source } = world();
    const paused = object("Deployment", { spec: { paused: true } });
    await createWaiter("watcher", { source, clock: fakeClock() }).ready([paused], options);
  });
});
