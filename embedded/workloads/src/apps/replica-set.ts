import { matchesLabels, selectorOf } from "@eddy/core/labels";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import type { ObjectEvent } from "@eddy/control-plane";
import { isActive, isReady, untilAvailableMs } from "../pods/pod-facts.ts";
import { createPod } from "../frame/create-pod.ts";
import { pods, replicaSets } from "../frame/resources.ts";
import type { Pod, PodTemplate, ReplicaSet } from "../frame/shapes.ts";
import {
  controlledBy,
  controllerKey,
  controllerOf,
  controllerReference,
  isDeleted,
  keyOf,
  modify,
  writeStatus,
  type Controller,
  type Pass,
  type World,
} from "../frame/world.ts";

const component = "replicaset-controller";
/** As many Pods as upstream makes in one pass. */
const burst = 500;

/** Keeps as many Pods as a ReplicaSet asks for. */
export const replicaSetController: Controller = {
  name: component,
  resource: replicaSets,
  watches: [pods],
  concerns: concernedSets,
  reconcile(namespace, name, pass) {
    const set = pass.access.get(replicaSets, namespace, name) as ReplicaSet | undefined;
    if (!set) return;
    if (!isDeleted(set)) adoptOrphans(set, pass);
    const owned = controlledBy<Pod>(pass, set, pods);
    if (!isDeleted(set)) scale(set, owned, pass);
    const live = pass.access.get(replicaSets, namespace, name);
    if (live) writeStatus(pass, replicaSets, live, replicaSetStatus(set, controlledBy<Pod>(pass, set, pods), pass));
  },
};

/** The status that the Pods of a set give it. */
export function replicaSetStatus(
  set: ReplicaSet,
  owned: readonly Pod[],
  pass: Pick<Pass, "clock" | "again">,
): NonNullable<ReplicaSet["status"]> {
  const active = owned.filter(isActive);
  const labels = selectorOf({ matchLabels: set.spec.template.metadata?.labels ?? {} });
  const waitsMs = active.map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, pass.clock.now()));
  const nextMs = Math.min(...waitsMs.filter((waitMs) => waitMs !== undefined && waitMs > 0).map(Number));
  if (Number.isFinite(nextMs)) pass.again(nextMs);
  const counts = {
    fullyLabeledReplicas: active.filter(({ metadata }) => matchesLabels(labels, metadata.labels)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: waitsMs.filter((waitMs) => waitMs === 0).length,
  };
  const nonZero = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return {
    replicas: active.length,
    ...nonZero,
    terminatingReplicas: owned.filter(isDeleted).length,
    observedGeneration: set.metadata.generation ?? 0,
  };
}

function scale(set: ReplicaSet, owned: readonly Pod[], pass: Pass): void {
  const active = owned.filter(isActive);
  const missing = (set.spec.replicas ?? 1) - active.length;
  for (let count = Math.min(missing, burst); count > 0; count--) {
    const pod = createPod(pass, podFrom(set.spec.template, { owner: set, generateName: `${set.metadata.name}-` }));
    pass.tell(set, component, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
  }
  for (const pod of [...active].sort(firstToGo).slice(0, Math.max(0, -missing))) {
    pass.access.delete(pods, pod.metadata.namespace ?? "", pod.metadata.name);
    pass.tell(set, component, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  }
  if (missing > burst) pass.again(0);
}

/** Not ready before ready, younger before older. */
function firstToGo(left: Pod, right: Pod): number {
  const readiness = Number(isReady(left)) - Number(isReady(right));
  if (readiness !== 0) return readiness;
  return (right.metadata.creationTimestamp ?? "").localeCompare(left.metadata.creationTimestamp ?? "");
}

/** How a Pod is made from a template. */
export interface PodFromOptions {
  owner: KubeObject;
  name?: string;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
}

/** A new Pod of a template, controlled by `owner`. */
export function podFrom(
  template: PodTemplate,
  { owner, name, generateName, labels, annotations, finalizers }: PodFromOptions,
): Pod {
  const { metadata = {}, spec } = cloneJson(template);
  const merged = {
    ...(name === undefined ? { name: "" } : { name }),
    ...(generateName === undefined ? {} : { generateName }),
    namespace: owner.metadata.namespace ?? "",
    labels: { ...metadata.labels, ...labels },
    ...(metadata.annotations || annotations ? { annotations: { ...metadata.annotations, ...annotations } } : {}),
    ...(finalizers || metadata.finalizers
      ? { finalizers: [...(metadata.finalizers ?? []), ...(finalizers ?? [])] }
      : {}),
    ownerReferences: [controllerReference(owner)],
  };
  return { apiVersion: "v1", kind: "Pod", metadata: merged, spec };
}

function adoptOrphans(set: ReplicaSet, pass: World): void {
  const selector = selectorOf(set.spec.selector);
  if (selector.length === 0) return;
  for (const pod of pass.access.list(pods, { namespace: set.metadata.namespace ?? "", selector }) as readonly Pod[]) {
    if (controllerOf(pod) || !isActive(pod)) continue;
    modify(
      pass,
      pods,
      pod,
      ({ metadata }) =>
        void (metadata.ownerReferences = [...(metadata.ownerReferences ?? []), controllerReference(set)]),
    );
  }
}

/** The set that controls a Pod, or for a Pod without a controller all that might take it. */
function* concernedSets({ object, previous }: ObjectEvent, world: World): Iterable<string> {
  yield* controllerKey(object, "ReplicaSet");
  if (previous) yield* controllerKey(previous, "ReplicaSet");
  if (controllerOf(object)) return;
  for (const set of world.access.list(replicaSets, {
    namespace: object.metadata.namespace ?? "",
  }) as readonly ReplicaSet[]) {
    if (matchesLabels(selectorOf(set.spec.selector), object.metadata.labels)) yield keyOf(set);
  }
}
