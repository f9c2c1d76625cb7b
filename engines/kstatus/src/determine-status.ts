import { parseApiVersion, valueAt } from "@eddy/core/object";
import { conditionsOf, textAt } from "./fields.ts";
import { completedJobStatus, podStatus, startedJobStatus } from "./pods-and-jobs.ts";
import { current, failed, inProgress, type ObjectStatus } from "./status.ts";
import { daemonSetStatus, deploymentStatus, replicaSetStatus, statefulSetStatus } from "./workloads.ts";

/** Options of {@link determineStatus}. */
export interface DetermineStatusOptions {
  /** Now, for pods that wait for a node. */
  now: Date;
  /**
   * `completed` (default): a Job is Current when it has completed, as Flux reads it; `started`: when it runs, as kstatus does.
   */
  jobs?: "completed" | "started";
}

type KindStatus = (object: unknown, now: Date) => ObjectStatus;

const alwaysReady: KindStatus = () => current("Resource is always ready");

/** Kinds that kstatus knows, by `group/Kind`. */
const kinds: ReadonlyMap<string, KindStatus> = new Map<string, KindStatus>([
  ["/ConfigMap", alwaysReady],
  ["/Secret", alwaysReady],
  ["batch/CronJob", alwaysReady],
  ["/Pod", podStatus],
  ["/Service", serviceStatus],
  ["/PersistentVolumeClaim", claimStatus],
  ["apps/Deployment", deploymentStatus],
  ["extensions/Deployment", deploymentStatus],
  ["apps/ReplicaSet", replicaSetStatus],
  ["extensions/ReplicaSet", replicaSetStatus],
  ["apps/StatefulSet", statefulSetStatus],
  ["apps/DaemonSet", daemonSetStatus],
  ["extensions/DaemonSet", daemonSetStatus],
  ["batch/Job", startedJobStatus],
  ["policy/PodDisruptionBudget", () => current("AllowedDisruptions has been computed.")],
  ["apiextensions.k8s.io/CustomResourceDefinition", definitionStatus],
]);

/**
 * The status of an object, or of its absence (undefined). Pure; the object is plain JSON as the API server returns it.
 * Source: cli-utils `pkg/kstatus/status` v1.2, and Flux's reader for Jobs.
 */
export function determineStatus(object: unknown, options: DetermineStatusOptions): ObjectStatus {
  if (object === undefined || object === null) return { status: "NotFound", message: "Resource not found" };
  const key = `${parseApiVersion(textAt(object, "apiVersion", "")).group}/${textAt(object, "kind", "")}`;
  // Flux's reader looks at nothing else, not even at a deletion.
  if (key === "batch/Job" && options.jobs !== "started") return completedJobStatus(object);
  return (
    genericStatus(object) ??
    kinds.get(key)?.(object, options.now) ??
    readyStatus(object) ??
    current("Resource is current")
  );
}

/** What holds for every kind: deletion, generation, and the conditions Reconciling and Stalled. */
function genericStatus(object: unknown): ObjectStatus | undefined {
  if (textAt(object, "metadata.deletionTimestamp", "") !== "") {
    return { status: "Terminating", message: "Resource scheduled for deletion" };
  }
  const generation = generationStatus(object);
  if (generation !== undefined) return generation;
  for (const { type, status, message } of conditionsOf(object)) {
    if (type === "Reconciling" && status === "True") return inProgress(message);
    if (type === "Stalled" && status === "True") return failed(message);
  }
  return undefined;
}

function generationStatus(object: unknown): ObjectStatus | undefined {
  const generation = valueAt(object, "metadata", "generation");
  const observed = valueAt(object, "status", "observedGeneration");
  if (generation === undefined || observed === undefined) return undefined;
  if (typeof observed !== "number" || typeof generation !== "number") {
    return { status: "Unknown", message: "looking up status.observedGeneration from resource: want an integer" };
  }
  if (observed === generation) return undefined;
  const kind = textAt(object, "kind", "");
  return inProgress(`${kind} generation is ${generation}, but latest observed generation is ${observed}`);
}

function readyStatus(object: unknown): ObjectStatus | undefined {
  for (const { type, status, message } of conditionsOf(object)) {
    if (type !== "Ready") continue;
    if (status === "True") return current("Resource is Ready");
    if (status === "False" || status === "Unknown") return inProgress(message);
  }
  return undefined;
}

function serviceStatus(object: unknown): ObjectStatus {
  const waits =
    textAt(object, "spec.type", "ClusterIP") === "LoadBalancer" && textAt(object, "spec.clusterIP", "") === "";
  return waits ? inProgress("ClusterIP not set. Service type: LoadBalancer") : current("Service is ready");
}

function claimStatus(object: unknown): ObjectStatus {
  const phase = textAt(object, "status.phase", "unknown");
  return phase === "Bound" ? current("PVC is Bound") : inProgress(`PVC is not Bound. phase: ${phase}`);
}

function definitionStatus(object: unknown): ObjectStatus {
  for (const { type, status, reason, message } of conditionsOf(object)) {
    if (type === "NamesAccepted" && status === "False") return failed(message);
    if (type !== "Established") continue;
    if (status === "False" && reason !== "Installing") return failed(message);
    if (status === "True") return current("CRD is established");
  }
  return inProgress("Install in progress");
}
