import { resolveCount } from "../frame/resolve-count.ts";
import type { Deployment } from "../frame/shapes.ts";

/** A ReplicaSet as a rollout sees it. */
export interface RolloutSet {
  name: string;
  /** Asked for. */
  replicas: number;
  /** Existing, also those that are not ready. */
  existing: number;
  available: number;
  terminating: number;
}

/** A ReplicaSet and how many replicas it should have. */
export interface Scaling {
  name: string;
  from: number;
  to: number;
}

/** How far a rollout may go above and below the wanted number. */
export function rolloutBounds(spec: Deployment["spec"]): { maxSurge: number; maxUnavailable: number } {
  const replicas = spec.replicas ?? 1;
  const { maxSurge = "25%", maxUnavailable = "25%" } = spec.strategy?.rollingUpdate ?? {};
  const bounds = {
    maxSurge: resolveCount(maxSurge, replicas, "up"),
    maxUnavailable: Math.min(replicas, resolveCount(maxUnavailable, replicas, "down")),
  };
  // Both zero would never move. Source: deployment/util ResolveFenceposts.
  return bounds.maxSurge === 0 && bounds.maxUnavailable === 0 ? { maxSurge: 0, maxUnavailable: 1 } : bounds;
}

/**
 * The next scalings of a Deployment, newest set apart from the old ones (oldest first); none when it is where it should
 * be for now. Source: kube-controller-manager deployment/rolling.go, recreate.go.
 */
export function planRollout(spec: Deployment["spec"], newest: RolloutSet, old: readonly RolloutSet[]): Scaling[] {
  if (spec.strategy?.type === "Recreate") return planRecreate(spec.replicas ?? 1, newest, old);
  return planRolling(spec, newest, old);
}

function planRecreate(replicas: number, newest: RolloutSet, old: readonly RolloutSet[]): Scaling[] {
  const down = old
    .filter((set) => set.replicas > 0)
    .map((set): Scaling => ({ name: set.name, from: set.replicas, to: 0 }));
  if (down.length > 0) return down;
  // No new Pod before the last old one is really gone.
  if (old.some(({ existing, terminating }) => existing + terminating > 0)) return [];
  return scaling(newest, replicas);
}

function planRolling(spec: Deployment["spec"], newest: RolloutSet, old: readonly RolloutSet[]): Scaling[] {
  const replicas = spec.replicas ?? 1;
  const { maxSurge, maxUnavailable } = rolloutBounds(spec);
  const total = newest.replicas + sum(old.map((set) => set.replicas));
  const room = Math.max(0, replicas + maxSurge - total);
  const up = scaling(
    newest,
    newest.replicas > replicas ? replicas : newest.replicas + Math.min(room, replicas - newest.replicas),
  );
  return up.length > 0 ? up : planOldDown(replicas - maxUnavailable, total, newest, old);
}

/** First those that are not available anyway, then available ones as far as enough stay. */
function planOldDown(minAvailable: number, total: number, newest: RolloutSet, old: readonly RolloutSet[]): Scaling[] {
  let removable = total - minAvailable - (newest.replicas - newest.available);
  const wanted = new Map(old.map((set) => [set.name, set.replicas]));
  const take = (set: RolloutSet, count: number): number => {
    const taken = Math.max(0, Math.min(count, wanted.get(set.name) ?? 0));
    wanted.set(set.name, (wanted.get(set.name) ?? 0) - taken);
    return taken;
  };
  for (const set of old) removable -= take(set, Math.min(removable, set.replicas - set.available));
  let spare = Math.min(removable, newest.available + sum(old.map(({ available }) => available)) - minAvailable);
  for (const set of old) spare -= take(set, spare);
  return old.flatMap((set) => scaling(set, wanted.get(set.name) ?? 0));
}

function scaling(set: RolloutSet, to: number): Scaling[] {
  return set.replicas === to ? [] : [{ name: set.name, from: set.replicas, to }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
