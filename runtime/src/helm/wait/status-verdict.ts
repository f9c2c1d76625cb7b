import { gvkOf, type KubeObject } from "@eddy/core/object";
import type { ObjectStatus } from "@eddy/kstatus";
import type { Reading, Verdict } from "./watch-statuses.ts";

const deadline = "context deadline exceeded";

/**
 * Whether objects are Current. What has failed is not waited for, but told of when the rest is there.
 * Pure. Source: Helm `kube/statuswait.go`, for the words too.
 */
export function judgeReady(readings: readonly Reading<ObjectStatus>[], isOver: boolean): Verdict {
  const open = readings.filter(({ status }) => status?.status !== "Current");
  if (open.length === 0) return { state: "done" };
  if (!isOver && open.some(({ status }) => status?.status !== "Failed")) return { state: "waiting" };
  return { state: "failed", message: describe(open, "not ready", isOver) };
}

/** Whether objects are gone. Pure. */
export function judgeGone(readings: readonly Reading<ObjectStatus>[], isOver: boolean): Verdict {
  const open = readings.filter(({ status }) => status?.status !== "NotFound");
  if (open.length === 0) return { state: "done" };
  return isOver ? { state: "failed", message: describe(open, "still exists", true) } : { state: "waiting" };
}

function describe(open: readonly Reading<ObjectStatus>[], what: string, isOver: boolean): string {
  const lines = open.map(({ object, status = { status: "Unknown", message: "" } }) => {
    const { namespace = "", name } = object.metadata;
    const subject = `resource ${object.kind}/${namespace}/${name} ${what}.`;
    return `${subject} status: ${status.status}, message: ${status.message}`;
  });
  return [...lines, ...(isOver ? [deadline] : [])].join("\n");
}

/** The kinds of hooks that are waited for. */
export function runsToCompletion(object: KubeObject): boolean {
  const { group, kind } = gvkOf(object);
  return (group === "batch" && kind === "Job") || (group === "" && kind === "Pod");
}
