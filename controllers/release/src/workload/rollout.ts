import { findCondition, type Condition } from "@eddy/core/conditions";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { determineStatus } from "@eddy/kstatus";

/** How far a workload's rollout is. Source: fluxcd/flux pkg/cluster, `RolloutStatus`. */
export interface Rollout {
  /** `ready`, `updating`, `started`, `error`, `unknown`. */
  readonly status: "ready" | "updating" | "started" | "error" | "unknown";
  /** Replicas; undefined for kinds without. */
  readonly replicas?: {
    readonly desired: number;
    readonly updated: number;
    readonly ready: number;
    readonly outdated: number;
  };
  /** What is in the way. */
  readonly messages: readonly string[];
}

/** Reads it off the object. Pure. */
export function readRollout(object: KubeObject, now: Date): Rollout {
  const messages = conditionsOf(object).flatMap((condition) => complaintOf(condition));
  const replicas = replicasOf(object);
  const { status } = determineStatus(object, { now });
  const isError = status === "Failed" || messages.length > 0;
  const word = isError
    ? "error"
    : status === "Current"
      ? "ready"
      : status === "InProgress"
        ? progressOf(replicas)
        : "unknown";
  return { status: word, messages, ...(replicas ? { replicas } : {}) };
}

function progressOf(replicas: Rollout["replicas"]): "updating" | "started" {
  return replicas !== undefined && replicas.updated >= replicas.desired ? "started" : "updating";
}

function conditionsOf(object: KubeObject): Condition[] {
  const conditions = valueAt(object, "status", "conditions");
  return Array.isArray(conditions) ? (conditions as unknown as Condition[]) : [];
}

function complaintOf({ type, status, reason, message }: Condition): string[] {
  const isStuck = type === "Progressing" && status === "False" && reason === "ProgressDeadlineExceeded";
  const isRefused = type === "ReplicaFailure" && status === "True";
  return isStuck || isRefused ? [message] : [];
}

function replicasOf(object: KubeObject): Rollout["replicas"] {
  const number = (...path: string[]): number => Number(valueAt(object, "status", ...path) ?? 0);
  if (object.kind === "DaemonSet") {
    const [desired, updated] = [number("desiredNumberScheduled"), number("updatedNumberScheduled")];
    return {
      desired,
      updated,
      ready: number("numberReady"),
      outdated: Math.max(0, number("currentNumberScheduled") - updated),
    };
  }
  if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return undefined;
  const desired = Number(valueAt(object, "spec", "replicas") ?? 1);
  const updated = number("updatedReplicas");
  return { desired, updated, ready: number("readyReplicas"), outdated: Math.max(0, number("replicas") - updated) };
}

/** Whether the HelmRelease's or workload's controller has reported on what is asked now. */
export function isObserved(object: KubeObject): boolean {
  const observed = valueAt(object, "status", "observedGeneration");
  const isReported = observed === undefined || observed === object.metadata.generation;
  const ready = findCondition(conditionsOf(object), "Ready");
  return isReported && (object.kind !== "HelmRelease" || ready?.observedGeneration === object.metadata.generation);
}
