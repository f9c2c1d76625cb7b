import { findCondition } from "@eddy/core/conditions";
import type { ReconcilableObject, Run } from "@eddy/runtime/controller";

/** What a pass says when it begins. Source: Flux spec 3.0, Progress. */
export function announce<T extends ReconcilableObject>(run: Run<T>): void {
  const { generation = 0 } = run.object.metadata;
  const observed = run.object.status?.observedGeneration ?? -1;
  progress(
    run,
    generation === observed
      ? "reconciliation in progress"
      : `processing object: new generation ${observed} -> ${generation}`,
  );
}

/** Says what the pass does; Ready stays as it is, unless it is not known. Source: fluxcd/pkg/runtime `ProgressiveStatus`. */
export function progress<T extends ReconcilableObject>(run: Run<T>, message: string): void {
  const ready = findCondition(run.object.status?.conditions, "Ready")?.status;
  run.progress(message, ready === undefined || ready === "Unknown" ? message : null);
}

/** Whether an earlier pass left the object Ready, with these words. */
export function wasReady({ status }: ReconcilableObject, message: string): boolean {
  const conditions = status?.conditions;
  const isTrue = (type: string): boolean => findCondition(conditions, type)?.status === "True";
  const ready = findCondition(conditions, "Ready");
  return ready?.status === "True" && ready.message === message && !isTrue("Stalled") && !isTrue("Reconciling");
}
