import { confirmPruneAtAnnotation, requestedAtAnnotation, type Kustomization } from "@eddy/api";

/** How much one pass may delete without being told to; flags of the process. */
export interface PruneBudget {
  /** `--prune-budget-percent`: of the inventory, 0 to 100; 100 holds nothing. */
  pruneBudgetPercent: number;
  /** `--prune-budget-objects`: so many may go in any case. */
  pruneBudgetObjects: number;
}

/** Half of an inventory, and twenty objects: a folder that moved is held, ordinary work is not. */
export const defaultPruneBudget: PruneBudget = { pruneBudgetPercent: 50, pruneBudgetObjects: 20 };

/** Whether deleting `stale` of `owned` objects is to be confirmed first. */
export function exceedsBudget(stale: number, owned: number, budget: PruneBudget): boolean {
  return stale > budget.pruneBudgetObjects && stale * 100 > owned * budget.pruneBudgetPercent;
}

/** Whether the request that this pass answers lets it delete more than the budget: once, whatever comes of the pass. */
export function isPruneConfirmed({ metadata, status }: Kustomization): boolean {
  const requestedAt = metadata.annotations?.[requestedAtAnnotation];
  if (requestedAt === undefined || requestedAt === status?.lastHandledReconcileAt) return false;
  return metadata.annotations?.[confirmPruneAtAnnotation] === requestedAt;
}

/** What a person does about a pass that was held. */
export function howToConfirm({ metadata }: Kustomization): string {
  return `if they are to go, run eddy reconcile kustomization ${metadata.name} -n ${metadata.namespace ?? "default"} --confirm-prune`;
}
