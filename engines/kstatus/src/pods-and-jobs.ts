import { isObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { conditionsOf, intAt, textAt } from "./fields.ts";
import { current, failed, inProgress, type ObjectStatus } from "./status.ts";

/** How long a pod may stay without node before it is called unschedulable. */
const scheduleWindowMs = 15_000;

/** Ready, or run to its end; crash loops and pods that no node takes have failed. */
export function podStatus(object: unknown, now: Date): ObjectStatus {
  const phase = textAt(object, "status.phase", "");
  switch (phase) {
    case "Succeeded":
      return current("Pod has completed successfully");
    case "Failed":
      return current("Pod has completed, but not successfully");
    case "Running":
      return runningPodStatus(object);
    case "Pending":
      return pendingPodStatus(object, now);
    case "":
      return inProgress("Pod phase not available");
    default:
      return { status: "Unknown", message: `unknown phase ${phase}` };
  }
}

function runningPodStatus(object: unknown): ObjectStatus {
  const isReady = conditionsOf(object).some(({ type, status }) => type === "Ready" && status === "True");
  if (isReady) return current("Pod is Ready");
  const crashing = crashLoopingContainers(object);
  if (crashing.length > 0) return failed(`Containers in CrashLoop state: ${crashing.join(",")}`);
  return inProgress("Pod is running but is not Ready");
}

function crashLoopingContainers(object: unknown): string[] {
  const statuses = valueAt(object, "status", "containerStatuses");
  if (!Array.isArray(statuses)) return [];
  const crashing = statuses.filter(
    (status) => isObject(status) && textAt(status, "state.waiting.reason", "") === "CrashLoopBackOff",
  );
  return crashing.map((status) => textAt(status, "name", "")).filter((name) => name !== "");
}

function pendingPodStatus(object: unknown, now: Date): ObjectStatus {
  const scheduled = conditionsOf(object).find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (scheduled?.reason !== "Unschedulable") return inProgress("Pod is in the Pending phase");
  const created = Date.parse(textAt(object, "metadata.creationTimestamp", ""));
  const isRecent = !Number.isNaN(created) && now.getTime() - scheduleWindowMs < created;
  return isRecent ? inProgress("Pod has not been scheduled") : failed("Pod could not be scheduled");
}

interface JobCounts {
  parallelism: number;
  completions: number;
  active: number;
  succeeded: number;
  failures: number;
}

function countsOf(object: unknown): JobCounts {
  const parallelism = intAt(object, "spec.parallelism", 1);
  return {
    parallelism,
    completions: intAt(object, "spec.completions", parallelism),
    active: intAt(object, "status.active", 0),
    succeeded: intAt(object, "status.succeeded", 0),
    failures: intAt(object, "status.failed", 0),
  };
}

function finishedJobStatus(object: unknown, counts: JobCounts): ObjectStatus | undefined {
  for (const { type, status } of conditionsOf(object)) {
    if (status !== "True") continue;
    if (type === "Complete") return current(`Job Completed. succeeded: ${counts.succeeded}/${counts.completions}`);
    if (type === "Failed") return failed(`Job Failed. failed: ${counts.failures}/${counts.completions}`);
  }
  return undefined;
}

function runningJobMessage({ succeeded, active, failures }: JobCounts): string {
  return `Job in progress. success:${succeeded}, active: ${active}, failed: ${failures}`;
}

/** A job that runs is as wanted: kstatus' own reading. */
export function startedJobStatus(object: unknown): ObjectStatus {
  const counts = countsOf(object);
  const finished = finishedJobStatus(object, counts);
  if (finished !== undefined) return finished;
  if (textAt(object, "status.startTime", "") === "") return inProgress("Job not started");
  return current(runningJobMessage(counts));
}

/** A job is as wanted when it has completed, or is suspended: Flux's reading. Source: fluxcd/pkg `runtime/statusreaders`. */
export function completedJobStatus(object: unknown): ObjectStatus {
  if (valueAt(object, "spec", "suspend") === true) return current("Job is suspended");
  const counts = countsOf(object);
  const finished = finishedJobStatus(object, counts);
  if (finished !== undefined) return finished;
  if (textAt(object, "status.startTime", "") === "")
    return inProgress(`Job not started. active: 0/${counts.parallelism}`);
  return inProgress(runningJobMessage(counts));
}
