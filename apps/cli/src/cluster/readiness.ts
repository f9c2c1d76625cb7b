import { findCondition, type Condition } from "@eddy/core/conditions";
import { valueAt, type KubeObject } from "@eddy/core/object";

/**
 * Where an object of a Flux kind stands:
 * `InProgress`: the spec has not been handled yet, or a pass is going on;
 * `Ready`: the last pass over this spec succeeded;
 * `Retrying`: it failed and will be tried again;
 * `Stalled`: it failed, and nothing happens until somebody changes something.
 */
export type Readiness = { state: "InProgress" | "Ready" | "Retrying" | "Stalled"; message: string };

/**
 * Names the state from generation and conditions, as kstatus does, but tells a pass that failed from one that goes on:
 * `Reconciling` with reason `ProgressingWithRetry` means that the pass is over. Source: flux2.md 1.0 and 3.10.
 */
export function determineReadiness(object: KubeObject): Readiness {
  const conditions = valueAt(object, "status", "conditions") as Condition[] | undefined;
  const ready = findCondition(conditions, "Ready");
  const message = ready?.message ?? "waiting to be reconciled";
  const stalled = findCondition(conditions, "Stalled");
  if (!isOfThisGeneration(object, ready)) return { state: "InProgress", message };
  if (stalled?.status === "True") return { state: "Stalled", message: stalled.message };
  const reconciling = findCondition(conditions, "Reconciling");
  if (reconciling?.status === "True" && reconciling.reason !== "ProgressingWithRetry")
    return { state: "InProgress", message };
  if (ready?.status === "True") return { state: "Ready", message };
  return { state: ready?.status === "False" ? "Retrying" : "InProgress", message };
}

function isOfThisGeneration(object: KubeObject, ready: Condition | undefined): boolean {
  const generation = object.metadata.generation ?? 0;
  const observed = ready?.observedGeneration ?? (valueAt(object, "status", "observedGeneration") as number | undefined);
  return ready !== undefined && observed === generation;
}

/** The last requested pass that was handled; "" when none was. */
export function lastHandledRequest(object: KubeObject): string {
  const handled = valueAt(object, "status", "lastHandledReconcileAt");
  return typeof handled === "string" ? handled : "";
}
