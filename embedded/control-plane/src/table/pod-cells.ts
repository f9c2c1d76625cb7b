/** The Status and Restarts cells of a Pod. Source: pkg/printers/internalversion printPod. */
import { valueAt, type KubeObject } from "@eddy/core/object";

interface ContainerStatus {
  restartCount?: number;
  ready?: boolean;
  state?: {
    waiting?: { reason?: string };
    terminated?: { reason?: string; exitCode?: number; signal?: number };
    running?: object;
  };
}

const statuses = (pod: KubeObject, field: string): ContainerStatus[] =>
  (valueAt(pod, "status", field) as ContainerStatus[] | undefined) ?? [];

function terminatedReason(state: NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>): string {
  if (state.reason) return state.reason;
  return state.signal ? `Signal:${state.signal}` : `ExitCode:${state.exitCode ?? 0}`;
}

function initReason(pod: KubeObject): string | undefined {
  const total = (valueAt(pod, "spec", "initContainers") as unknown[] | undefined)?.length ?? 0;
  for (const [index, { state }] of statuses(pod, "initContainerStatuses").entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    if (state?.terminated) return `Init:${terminatedReason(state.terminated)}`;
    if (state?.waiting?.reason && state.waiting.reason !== "PodInitializing") return `Init:${state.waiting.reason}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}

/** What kubectl shows as status: the first thing that is wrong, else the phase. */
export function podReason(pod: KubeObject): string {
  const base = String(valueAt(pod, "status", "reason") || valueAt(pod, "status", "phase") || "");
  if (pod.metadata.deletionTimestamp !== undefined) return base === "NodeLost" ? "Unknown" : "Terminating";
  const init = initReason(pod);
  if (init !== undefined) return init;
  let reason = base;
  for (const { state } of statuses(pod, "containerStatuses").toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated) reason = terminatedReason(state.terminated);
  }
  return reason;
}

/** The sum of restarts. */
export function podRestarts(pod: KubeObject): string {
  return String(statuses(pod, "containerStatuses").reduce((sum, status) => sum + (status.restartCount ?? 0), 0));
}
