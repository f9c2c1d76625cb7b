import type { Kustomization } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { formatChanges, type ChangeSet } from "@eddy/runtime/apply";
import { StepError, type Run } from "@eddy/runtime/controller";
import {
  PruneError,
  inventoryOfChanges,
  inventoryOfObjects,
  pruneObjects,
  staleObjects,
  unionOfInventories,
} from "@eddy/runtime/inventory";
import type { InventoryEntry } from "@eddy/runtime/inventory";
import type { Cluster } from "./ports.ts";
import { exceedsBudget, howToConfirm, isPruneConfirmed, type PruneBudget } from "./prune-budget.ts";

/**
 * Refuses a build without objects where there is something to lose, unless this pass was told that they may go. Upstream
 * would delete everything.
 * @throws StepError PruneFailed (retry)
 */
export function refuseEmptyBuild(object: Kustomization, objects: readonly KubeObject[]): void {
  const { spec, status } = object;
  const owned = status?.inventory?.entries.length ?? 0;
  if (objects.length > 0 || owned === 0 || !spec.prune || isPruneConfirmed(object)) return;
  const path = JSON.stringify(spec.path ?? "./");
  throw new StepError(
    "PruneFailed",
    `prune refused: the build of ${path} has no objects and the inventory has ${owned}: ${howToConfirm(object)}`,
  );
}

/**
 * Deletes what the last inventory lists and these changes do not, and resolves with the inventory that is true now.
 * @throws StepError PruneFailed; what could not be deleted, or is more than the budget, stays in the inventory
 */
export async function pruneOrphans(
  run: Run<Kustomization>,
  changes: ChangeSet,
  cluster: Cluster,
  budget: PruneBudget,
): Promise<InventoryEntry[]> {
  const { spec, status, metadata } = run.object;
  const owned = status?.inventory?.entries ?? [];
  const current = inventoryOfChanges(changes);
  const stale = staleObjects(owned, current);
  const stage = (entries: InventoryEntry[]): void => run.stageStatus({ inventory: { entries } });
  if (!spec.prune) for (const { ref } of stale) cluster.target.memory.forget(ref);
  if (!spec.prune || stale.length === 0) {
    stage(current);
    return current;
  }
  // Until it is done nothing may be forgotten: a pass that takes long writes what is staged on its way.
  stage(unionOfInventories(current, owned));
  if (exceedsBudget(stale.length, owned.length, budget) && !isPruneConfirmed(run.object)) {
    throw new StepError(
      "PruneFailed",
      `prune held: ${stale.length} of ${owned.length} objects would be deleted, more than ${budget.pruneBudgetPercent} percent: ${howToConfirm(run.object)}`,
    );
  }
  try {
    const pruned = await pruneObjects(stale, {
      kube: cluster.target.kube,
      memory: cluster.target.memory,
      owner: { name: metadata.name, namespace: metadata.namespace ?? "" },
      signal: run.signal,
    });
    stage(current);
    run.event({ severity: "info", reason: "Progressing", message: formatChanges(pruned) });
    return current;
  } catch (error) {
    if (!(error instanceof PruneError)) throw error;
    stage(unionOfInventories(current, entriesOf(error.survivors)));
    throw new StepError("PruneFailed", messageOf(error), { cause: error });
  }
}

function entriesOf(objects: PruneError["survivors"]): InventoryEntry[] {
  return inventoryOfObjects(
    objects.map(({ ref, version }) => ({
      apiVersion: ref.group === "" ? version : `${ref.group}/${version}`,
      kind: ref.kind,
      metadata: { name: ref.name, ...(ref.namespace === "" ? {} : { namespace: ref.namespace }) },
    })),
  );
}
