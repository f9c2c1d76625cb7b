import { valueAt, type KubeObject } from "@eddy/core/object";
import { determineStatus, type ObjectStatus } from "@eddy/kstatus";

/**
 * The status of a Job or Pod that is to run to its end: a Pod that is ready is still in progress.
 * Source: Helm `internal/statusreaders`.
 */
export function hookStatus(live: KubeObject | undefined, now: Date): ObjectStatus {
  if (!live) return determineStatus(undefined, { now });
  return live.kind === "Job" ? determineStatus(live, { now, jobs: "completed" }) : completedPodStatus(live);
}

function completedPodStatus(pod: KubeObject): ObjectStatus {
  const { name } = pod.metadata;
  const phase = valueAt(pod, "status", "phase");
  if (phase === "Succeeded") return { status: "Current", message: `pod ${name} succeeded` };
  if (phase === "Failed") return { status: "Failed", message: `pod ${name} failed` };
  return { status: "InProgress", message: "Pod in progress" };
}
