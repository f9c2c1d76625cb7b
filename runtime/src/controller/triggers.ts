import { requestedAtAnnotation } from "@eddy/api";
import type { Priority } from "./handle.ts";
import type { ReconcilableObject } from "./object.ts";

/** Whether a change of the object itself is worth a pass, and how urgent it is. Pure. Source: Flux spec 3.0 "Triggers". */
export function priorityOf(before: ReconcilableObject | undefined, after: ReconcilableObject): Priority | undefined {
  if (isRequested(before, after)) return "requested";
  if (!before) return after.status?.observedGeneration === after.metadata.generation ? "resync" : "event";
  if (before.metadata.uid !== after.metadata.uid || before.metadata.generation !== after.metadata.generation)
    return "event";
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined) return "event";
  return undefined;
}

function isRequested(before: ReconcilableObject | undefined, after: ReconcilableObject): boolean {
  const requestedAt = after.metadata.annotations?.[requestedAtAnnotation];
  if (requestedAt === undefined || requestedAt === after.status?.lastHandledReconcileAt) return false;
  return before?.metadata.annotations?.[requestedAtAnnotation] !== requestedAt;
}

/**
 * Whether a change makes a pass that runs pointless: another generation or another object, or its deletion. A request
 * alone does not: the pass that it asks for comes after this one.
 */
export function supersedes(before: ReconcilableObject | undefined, after: ReconcilableObject): boolean {
  if (!before) return false;
  return before.metadata.generation !== after.metadata.generation || before.metadata.uid !== after.metadata.uid;
}
