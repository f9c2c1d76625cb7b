import type { StatefulSet } from "../frame/shapes.ts";

/** A Pod of a StatefulSet as its plan sees it. */
export interface OrdinalPod {
  ordinal: number;
  revision: string;
  ready: boolean;
  /** Failed or Succeeded: to be made again. */
  finished: boolean;
  terminating: boolean;
}

/** What to do next with the Pod of an ordinal. */
export type OrdinalStep = { name: "create"; ordinal: number; revision: string } | { name: "delete"; ordinal: number };

/**
 * The next steps of a StatefulSet: in order and one at a time, or with `Parallel` all at once. Updates go from the highest
 * ordinal down to the partition, one at a time. Source: kube-controller-manager statefulset/stateful_set_control.go.
 */
export function planStatefulSet(
  spec: StatefulSet["spec"],
  pods: readonly OrdinalPod[],
  revisions: { current: string; update: string },
): OrdinalStep[] {
  const start = spec.ordinals?.start ?? 0;
  const end = start + (spec.replicas ?? 1);
  const parallel = spec.podManagementPolicy === "Parallel";
  const partition = start + (spec.updateStrategy?.rollingUpdate?.partition ?? 0);
  const byOrdinal = new Map(pods.map((pod) => [pod.ordinal, pod]));
  const revisionFor = (ordinal: number): string => (ordinal < partition ? revisions.current : revisions.update);

  const steps: OrdinalStep[] = [];
  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) steps.push({ name: "create", ordinal, revision: revisionFor(ordinal) });
    else if (pod.finished && !pod.terminating) steps.push({ name: "delete", ordinal });
    // In order, everything waits for the first that is not there yet.
    if (!parallel && (!pod?.ready || pod.terminating)) return steps;
  }
  const surplus = pods.filter(({ ordinal }) => ordinal < start || ordinal >= end).sort((a, b) => b.ordinal - a.ordinal);
  for (const pod of surplus) {
    if (!pod.terminating) steps.push({ name: "delete", ordinal: pod.ordinal });
    if (!parallel) return steps;
  }
  if (spec.updateStrategy?.type === "OnDelete" || steps.length > 0 || surplus.length > 0) return steps;
  return planUpdate(pods, partition, revisions.update);
}

function planUpdate(pods: readonly OrdinalPod[], partition: number, update: string): OrdinalStep[] {
  for (const pod of [...pods].sort((a, b) => b.ordinal - a.ordinal)) {
    if (pod.ordinal < partition) break;
    if (pod.revision !== update) return pod.terminating ? [] : [{ name: "delete", ordinal: pod.ordinal }];
    if (!pod.ready || pod.terminating) break;
  }
  return [];
}
