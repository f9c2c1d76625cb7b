import { confirmPruneAtAnnotation, requestedAtAnnotation, type Kustomization } from "@eddy/api";

/** How much one pass may delete without being told to. */
export interface PruneBudget {
  /** Of the inventory, 0 to 100; 100 holds nothing. */
  percent: number;
  /** So many may go in any case. */
  objects: number;
}

/** Half of an inventory, and twenty objects: a folder that moved is held, ordinary work is not. */
export const defaultPruneBudget: PruneBudget = { percent: 50, objects: 20 };

/** Whether deleting `stale` of `owned` objects is to be confirmed first. */
export function exceedsBudget(stale: number, owned: number, { percent, objects }: PruneBudget): boolean {
  return stale > objects && stale * 100 > owned * percent;
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
