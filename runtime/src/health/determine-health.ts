import { formatObjectName, type ObjectRef } from "@eddy/core/object";

/** An object's status as kstatus names it. */
export type ObjectStatus = "Current" | "InProgress" | "Failed" | "Terminating" | "NotFound" | "Unknown";

/** One object that is waited for, as last seen; `status` is absent until it was seen at all. */
export interface Observed {
  ref: ObjectRef;
  status: ObjectStatus | undefined;
  /** A Job that deletes itself when it is done: not found is done. */
  deletesItself: boolean;
}

/** How a set of objects stands: `Waiting` until `Healthy`, or `Failed` with the objects that are. */
export type Health = { state: "Healthy" | "Waiting" } | { state: "Failed"; message: string };

/** What to hold against a set. */
export interface HealthRules {
  /** One failed object ends the wait. */
  failFast: boolean;
  timedOut: boolean;
}

/**
 * The health of a set. Pure. A set in which everything is Current or Failed will not change by waiting.
 * Source: Flux ssa `WaitForSetWithContext`, for the words too.
 */
export function determineHealth(objects: readonly Observed[], { failFast, timedOut }: HealthRules): Health {
  const statuses = objects.map(effectiveStatus);
  if (statuses.every((status) => status === "Current")) return { state: "Healthy" };
  const failed = statuses.filter((status) => status === "Failed").length;
  const isFinal = statuses.every((status) => status === "Current" || status === "Failed");
  if (!timedOut && !isFinal && !(failFast && failed > 0)) return { state: "Waiting" };
  const reports = objects.flatMap((object) => report(object, timedOut));
  const lead = timedOut ? "timeout waiting for" : "failed early due to stalled resources";
  return { state: "Failed", message: `${lead}: [${reports.join(", ")}]` };
}

function effectiveStatus({ status, deletesItself }: Observed): ObjectStatus | undefined {
  return status === "NotFound" && deletesItself ? "Current" : status;
}

function report(object: Observed, timedOut: boolean): string[] {
  const status = effectiveStatus(object);
  const name = formatObjectName(object.ref);
  if (status === undefined) return timedOut ? [`can't determine status for ${name}`] : [];
  if (status === "Failed" || (timedOut && status !== "Current")) return [`${name} status: '${status}'`];
  return [];
}
