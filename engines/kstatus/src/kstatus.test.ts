import { describe, expect, it } from "vitest";
import type { JsonObject } from "@eddy/core/json";
import { compileHealthCheck } from "./custom-health-check.ts";
import { determineStatus } from "./determine-status.ts";

const now = new Date("2026-01-01T00:01:00Z");

function object(apiVersion: string, kind: string, rest: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: "n", generation: 1 }, ...rest };
}

const condition = (type: string, status: string, reason = "", message = ""): JsonObject => ({
  type,
  status,
  reason,
  message,
});
const counts = (count: number, ...names: string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, count]));
const deployed = counts(2, "replicas", "updatedReplicas", "readyReplicas", "availableReplicas");
const available = [condition("Available", "True"), condition("Progressing", "True", "NewReplicaSetAvailable")];
const deployment = (status: JsonObject): JsonObject =>
  object("apps/v1", "Deployment", { spec: { replicas: 2, progressDeadlineSeconds: 600 }, status });
const pod = (status: JsonObject, created = "2026-01-01T00:00:00Z"): JsonObject => ({
  ...object("v1", "Pod", { status }),
  metadata: { creationTimestamp: created },
});
const unschedulable = { phase: "Pending", conditions: [condition("PodScheduled", "False", "Unschedulable")] };
const scheduled = counts(
  2,
  "desiredNumberScheduled",
  "currentNumberScheduled",
  "updatedNumberScheduled",
  "numberAvailable",
  "numberReady",
);
const running = counts(2, "replicas", "readyReplicas", "currentReplicas", "updatedReplicas");

// Wanted results are what kstatus gives (cli-utils `status_compute_test.go`); random objects in `conformance kstatus`.
const cases: [name: string, object: JsonObject | undefined, status: string, message: string][] = [
  ["nothing", undefined, "NotFound", "Resource not found"],
  [
    "being deleted",
    { ...object("v1", "ConfigMap"), metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } },
    "Terminating",
    "Resource scheduled for deletion",
  ],
  [
    "a generation behind",
    object("x/v1", "X", { status: { observedGeneration: 0 } }),
    "InProgress",
    "X generation is 1, but latest observed generation is 0",
  ],
  [
    "reconciling",
    object("x/v1", "X", { status: { conditions: [condition("Reconciling", "True", "r", "on it")] } }),
    "InProgress",
    "on it",
  ],
  [
    "stalled",
    object("x/v1", "X", { status: { conditions: [condition("Stalled", "True", "r", "stuck")] } }),
    "Failed",
    "stuck",
  ],
  [
    "ready",
    object("x/v1", "X", { status: { conditions: [condition("Ready", "True")] } }),
    "Current",
    "Resource is Ready",
  ],
  [
    "not ready",
    object("x/v1", "X", { status: { conditions: [condition("Ready", "False", "r", "soon")] } }),
    "InProgress",
    "soon",
  ],
  ["without conditions", object("x/v1", "X"), "Current", "Resource is current"],
  ["secret", object("v1", "Secret"), "Current", "Resource is always ready"],
  ["deployment, new", deployment({}), "InProgress", "Replicas: 0/2"],
  ["deployment, rolling", deployment({ ...deployed, updatedReplicas: 1 }), "InProgress", "Updated: 1/2"],
  ["deployment, too many", deployment({ ...deployed, replicas: 3 }), "InProgress", "Pending termination: 1"],
  ["deployment, unavailable", deployment({ ...deployed, availableReplicas: 1 }), "InProgress", "Available: 1/2"],
  ["deployment, no condition yet", deployment(deployed), "InProgress", "ReplicaSet not Available"],
  [
    "deployment, past its deadline",
    deployment({ conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded")] }),
    "Failed",
    "Progress deadline exceeded",
  ],
  [
    "deployment, done",
    deployment({ ...deployed, conditions: available }),
    "Current",
    "Deployment is available. Replicas: 2",
  ],
  [
    "stateful set, done",
    object("apps/v1", "StatefulSet", { spec: { replicas: 2 }, status: running }),
    "Current",
    "All replicas scheduled as expected. Replicas: 2",
  ],
  [
    "stateful set, old revision",
    object("apps/v1", "StatefulSet", {
      spec: { replicas: 2 },
      status: { ...running, currentRevision: "a", updateRevision: "b" },
    }),
    "InProgress",
    "Waiting for updated revision to match current",
  ],
  [
    "stateful set, partition",
    object("apps/v1", "StatefulSet", {
      spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      status: { ...running, updatedReplicas: 1 },
    }),
    "Current",
    "Partition rollout complete. updated: 1",
  ],
  [
    "stateful set, on delete",
    object("apps/v1", "StatefulSet", { spec: { updateStrategy: { type: "OnDelete" } } }),
    "Current",
    "StatefulSet is using the ondelete update strategy",
  ],
  [
    "daemon set, unseen",
    object("apps/v1", "DaemonSet", { status: scheduled }),
    "InProgress",
    "DaemonSet status.observedGeneration not found",
  ],
  [
    "daemon set, done",
    object("apps/v1", "DaemonSet", { status: { ...scheduled, observedGeneration: 1 } }),
    "Current",
    "All replicas scheduled as expected. Replicas: 2",
  ],
  [
    "replica set, unlabelled",
    object("apps/v1", "ReplicaSet", { spec: { replicas: 1 } }),
    "InProgress",
    "Labelled: 0/1",
  ],
  ["job, not started", object("batch/v1", "Job"), "InProgress", "Job not started. active: 0/1"],
  [
    "job, running",
    object("batch/v1", "Job", { status: { startTime: "x", active: 1 } }),
    "InProgress",
    "Job in progress. success:0, active: 1, failed: 0",
  ],
  ["job, suspended", object("batch/v1", "Job", { spec: { suspend: true } }), "Current", "Job is suspended"],
  [
    "job, complete",
    object("batch/v1", "Job", { status: { succeeded: 1, conditions: [condition("Complete", "True")] } }),
    "Current",
    "Job Completed. succeeded: 1/1",
  ],
  [
    "job, failed",
    object("batch/v1", "Job", { status: { failed: 3, conditions: [condition("Failed", "True")] } }),
    "Failed",
    "Job Failed. failed: 3/1",
  ],
  ["pod, ready", pod({ phase: "Running", conditions: [condition("Ready", "True")] }), "Current", "Pod is Ready"],
  [
    "pod, crashing",
    pod({ phase: "Running", containerStatuses: [{ name: "c", state: { waiting: { reason: "CrashLoopBackOff" } } }] }),
    "Failed",
    "Containers in CrashLoop state: c",
  ],
  ["pod, no node for long", pod(unschedulable), "Failed", "Pod could not be scheduled"],
  ["pod, no node yet", pod(unschedulable, "2026-01-01T00:00:50Z"), "InProgress", "Pod has not been scheduled"],
  ["pod, odd", pod({ phase: "Odd" }), "Unknown", "unknown phase Odd"],
  ["claim, bound", object("v1", "PersistentVolumeClaim", { status: { phase: "Bound" } }), "Current", "PVC is Bound"],
  ["claim, pending", object("v1", "PersistentVolumeClaim"), "InProgress", "PVC is not Bound. phase: unknown"],
  [
    "service, waiting for its address",
    object("v1", "Service", { spec: { type: "LoadBalancer" } }),
    "InProgress",
    "ClusterIP not set. Service type: LoadBalancer",
  ],
  [
    "service",
    object("v1", "Service", { spec: { type: "LoadBalancer", clusterIP: "10.0.0.1" } }),
    "Current",
    "Service is ready",
  ],
  [
    "definition, established",
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
      status: { conditions: [condition("Established", "True")] },
    }),
    "Current",
    "CRD is established",
  ],
  [
    "definition, name taken",
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
      status: { conditions: [condition("NamesAccepted", "False", "r", "taken")] },
    }),
    "Failed",
    "taken",
  ],
];

it.each(cases)("determineStatus(): %s", (_name, subject, status, message) => {
  expect(determineStatus(subject, { now })).toEqual({ status, message });
});

it("takes a running job for current where asked to read as kstatus", () => {
  const job = object("batch/v1", "Job", { status: { startTime: "x" } });
  expect(determineStatus(job, { now, jobs: "started" }).status).toBe("Current");
});

describe("compileHealthCheck()", () => {
  const check = {
    inProgress: "status.phase == 'Creating'",
    failed: "status.phase == 'Broken'",
    current: "status.phase == 'Up'",
  };

  it.each([
    ["Creating", "InProgress"],
    ["Broken", "Failed"],
    ["Up", "Current"],
    ["Else", "InProgress"],
  ])("phase %s is %s", async (phase, status) => {
    const evaluate = await compileHealthCheck(check);
    expect(evaluate(object("x/v1", "X", { status: { phase } })).status).toBe(status);
  });

  it("waits for the generation to be observed", async () => {
    const evaluate = await compileHealthCheck(check);
    expect(evaluate(object("x/v1", "X", { status: { phase: "Up", observedGeneration: 0 } })).status).toBe("InProgress");
  });

  it("says what failed", async () => {
    const evaluate = await compileHealthCheck(check);
    expect(() => evaluate(object("x/v1", "X"))).toThrow(
      "failed to evaluate the CEL expression 'status.phase == 'Creating'': no such attribute(s): status",
    );
    await expect(compileHealthCheck({ current: "1 +" })).rejects.toMatchObject({
      code: "CEL_INVALID",
      class: "terminal",
    });
    await expect(compileHealthCheck({ current: "" })).rejects.toThrow("expression Current not specified");
  });
});
