import { isFinished, isReady, untilAvailableMs } from "../pods/pod-facts.ts";
import { createPod } from "../frame/create-pod.ts";
import { daemonSets, nodes, pods } from "../frame/resources.ts";
import { resolveCount } from "../frame/resolve-count.ts";
import type { DaemonSet, Pod, PodSpec } from "../frame/shapes.ts";
import {
  controlledBy,
  controllerKey,
  isDeleted,
  keyOf,
  writeStatus,
  type Controller,
  type Pass,
} from "../frame/world.ts";
import { podFrom } from "./replica-set.ts";
import { ensureRevision } from "./revisions.ts";

const component = "daemonset-controller";
const revisionLabel = "controller-revision-hash";

/** Tolerations that every Pod of a DaemonSet gets. Source: daemon/util AddOrUpdateDaemonPodTolerations. */
const tolerations = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
].map(([taint, effect]) => ({ key: `node.kubernetes.io/${taint}`, operator: "Exists", effect }));

/** Keeps one Pod of a DaemonSet on each node that its node selector admits. */
export const daemonSetController: Controller = {
  name: component,
  resource: daemonSets,
  watches: [pods, nodes],
  *concerns({ object }, { access }) {
    yield* controllerKey(object, "DaemonSet");
    if (object.kind === "Node") for (const set of access.list(daemonSets)) yield keyOf(set);
  },
  reconcile(namespace, name, pass) {
    const set = pass.access.get(daemonSets, namespace, name) as DaemonSet | undefined;
    if (!set || isDeleted(set)) return;
    const owned = (): Pod[] => controlledBy<Pod>(pass, set, pods);
    const inUse = new Set(owned().map(({ metadata }) => metadata.labels?.[revisionLabel] ?? ""));
    const { hash } = ensureRevision(set, inUse, pass);
    const wanted = nodesFor(set, pass);
    place(set, owned(), wanted, hash, pass);
    update(set, owned(), wanted.length, hash, pass);
    const live = pass.access.get(daemonSets, namespace, name) as DaemonSet | undefined;
    if (live) writeStatus(pass, daemonSets, live, daemonSetStatus(live, owned(), wanted, hash, pass));
  },
};

/** The seven counters of a DaemonSet. */
export function daemonSetStatus(
  set: DaemonSet,
  owned: readonly Pod[],
  wanted: readonly string[],
  hash: string,
  pass: Pick<Pass, "clock" | "again">,
): object {
  const placed = owned.filter((pod) => !isFinished(pod) && wanted.includes(nodeOf(pod)));
  const waitsMs = placed.map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, pass.clock.now()));
  const nextMs = Math.min(...waitsMs.filter((waitMs) => waitMs !== undefined && waitMs > 0).map(Number));
  if (Number.isFinite(nextMs)) pass.again(nextMs);
  const available = waitsMs.filter((waitMs) => waitMs === 0).length;
  const updated = placed.filter(({ metadata }) => metadata.labels?.[revisionLabel] === hash).length;
  const unavailable = wanted.length - available;
  return {
    currentNumberScheduled: new Set(placed.map(nodeOf)).size,
    numberMisscheduled: owned.length - placed.length - owned.filter(isFinished).length,
    desiredNumberScheduled: wanted.length,
    numberReady: placed.filter(isReady).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(unavailable > 0 ? { numberUnavailable: unavailable } : {}),
  };
}

function place(set: DaemonSet, owned: readonly Pod[], wanted: readonly string[], hash: string, pass: Pass): void {
  for (const pod of owned) {
    if (!isDeleted(pod) && (isFinished(pod) || !wanted.includes(nodeOf(pod)))) remove(set, pod, pass);
  }
  for (const node of wanted) {
    if (owned.some((pod) => nodeOf(pod) === node && !isFinished(pod))) continue;
    const labels = { [revisionLabel]: hash, "pod-template-generation": String(set.metadata.generation ?? 1) };
    const pod = podFrom(set.spec.template, { owner: set, generateName: `${set.metadata.name}-`, labels });
    const created = createPod(pass, { ...pod, spec: onNode(pod.spec, node) });
    pass.tell(set, component, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
  }
}

/** Replaces old Pods, as many at a time as may be unavailable. */
function update(set: DaemonSet, owned: readonly Pod[], nodeCount: number, hash: string, pass: Pass): void {
  if (set.spec.updateStrategy?.type === "OnDelete") return;
  const limit = Math.max(1, resolveCount(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, nodeCount, "up"));
  const unavailable = nodeCount - owned.filter((pod) => isReady(pod) && !isDeleted(pod)).length;
  const old = owned.filter((pod) => pod.metadata.labels?.[revisionLabel] !== hash && !isDeleted(pod));
  const [broken, ready] = [old.filter((pod) => !isReady(pod)), old.filter(isReady)];
  for (const pod of [...broken, ...ready.slice(0, Math.max(0, limit - unavailable))]) remove(set, pod, pass);
}

function remove(set: DaemonSet, pod: Pod, pass: Pass): void {
  pass.access.delete(pods, pod.metadata.namespace ?? "", pod.metadata.name);
  pass.tell(set, component, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
}

function nodesFor(set: DaemonSet, pass: Pass): string[] {
  const selector = Object.entries(set.spec.template.spec.nodeSelector ?? {});
  const matching = pass.access
    .list(nodes)
    .filter(({ metadata }) => selector.every(([key, value]) => metadata.labels?.[key] === value));
  return matching.map(({ metadata }) => metadata.name);
}

/** The node a Pod is meant for: bound to it, or held to it by the affinity that was given to it. */
function nodeOf({ spec }: Pod): string {
  if (spec.nodeName) return spec.nodeName;
  const terms = (
    spec.affinity as
      | {
          nodeAffinity?: {
            requiredDuringSchedulingIgnoredDuringExecution?: {
              nodeSelectorTerms?: { matchFields?: { values?: string[] }[] }[];
            };
          };
        }
      | undefined
  )?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.[0]?.values?.[0] ?? "";
}

function onNode(spec: PodSpec, node: string): PodSpec {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
  return {
    ...spec,
    nodeName: node,
    affinity: {
      ...spec.affinity,
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
    },
    tolerations: [...(spec.tolerations ?? []), ...tolerations],
  };
}
