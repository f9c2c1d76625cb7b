import { cloneJson } from "@eddy/core/object";
import { isActive, isFinished, isReady, untilAvailableMs } from "../pods/pod-facts.ts";
import { createPod } from "../frame/create-pod.ts";
import { claims, controllerRevisions, pods, statefulSets } from "../frame/resources.ts";
import type { ControllerRevision, Pod, PodTemplate, StatefulSet } from "../frame/shapes.ts";
import { controlledBy, controllerKey, isDeleted, writeStatus, type Controller, type Pass } from "../frame/world.ts";
import { podFrom } from "./replica-set.ts";
import { ensureRevision } from "./revisions.ts";
import { planStatefulSet, type OrdinalPod } from "./plan-stateful-set.ts";

const component = "statefulset-controller";
const revisionLabel = "controller-revision-hash";

/** Keeps the numbered Pods and claims of StatefulSets. */
export const statefulSetController: Controller = {
  name: component,
  resource: statefulSets,
  watches: [pods],
  concerns: ({ object }) => controllerKey(object, "StatefulSet"),
  reconcile(namespace, name, pass) {
    const set = pass.access.get(statefulSets, namespace, name) as StatefulSet | undefined;
    if (!set || isDeleted(set)) return;
    const owned = (): Pod[] => controlledBy<Pod>(pass, set, pods);
    const inUse = new Set(owned().map(({ metadata }) => metadata.labels?.[revisionLabel] ?? ""));
    const update = ensureRevision(set, inUse, pass).name;
    const current = set.status?.currentRevision || update;
    const plan = planStatefulSet(
      set.spec,
      owned().map((pod) => viewOf(set, pod)),
      { current, update },
    );
    for (const step of plan) {
      if (step.name === "create") addPod(set, step.ordinal, step.revision, pass);
      else deletePod(set, `${name}-${step.ordinal}`, pass);
    }
    const live = pass.access.get(statefulSets, namespace, name) as StatefulSet | undefined;
    if (live) writeStatus(pass, statefulSets, live, statefulSetStatus(live, owned(), { current, update }, pass));
  },
};

/** The status that its Pods give a StatefulSet; when all are updated, the update revision becomes the current one. */
export function statefulSetStatus(
  set: StatefulSet,
  owned: readonly Pod[],
  { current, update }: { current: string; update: string },
  pass: Pick<Pass, "clock" | "again">,
): NonNullable<StatefulSet["status"]> {
  const active = owned.filter((pod) => !isFinished(pod));
  const of = (revision: string): number =>
    active.filter((pod) => isActive(pod) && pod.metadata.labels?.[revisionLabel] === revision).length;
  const waitsMs = active.map((pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, pass.clock.now()));
  const nextMs = Math.min(...waitsMs.filter((waitMs) => waitMs !== undefined && waitMs > 0).map(Number));
  if (Number.isFinite(nextMs)) pass.again(nextMs);
  const wanted = set.spec.replicas ?? 1;
  const ready = active.filter(isReady).length;
  const complete = of(update) === wanted && active.length === wanted && ready === wanted;
  const currentReplicas = complete ? of(update) : of(current);
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: active.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(currentReplicas > 0 ? { currentReplicas } : {}),
    ...(of(update) > 0 ? { updatedReplicas: of(update) } : {}),
    currentRevision: complete ? update : current,
    updateRevision: update,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: waitsMs.filter((waitMs) => waitMs === 0).length,
  };
}

function viewOf(set: StatefulSet, pod: Pod): OrdinalPod {
  return {
    ordinal: Number(pod.metadata.name.slice(set.metadata.name.length + 1)),
    revision: pod.metadata.labels?.[revisionLabel] ?? "",
    ready: isReady(pod),
    finished: isFinished(pod),
    terminating: isDeleted(pod),
  };
}

function deletePod(set: StatefulSet, name: string, pass: Pass): void {
  pass.access.delete(pods, set.metadata.namespace ?? "", name);
  pass.tell(
    set,
    component,
    "Normal",
    "SuccessfulDelete",
    `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`,
  );
}

function addPod(set: StatefulSet, ordinal: number, revision: string, pass: Pass): void {
  const name = `${set.metadata.name}-${ordinal}`;
  for (const template of set.spec.volumeClaimTemplates ?? []) ensureClaim(set, template.metadata.name, name, pass);
  const pod = podFrom(templateOf(set, revision, pass), {
    owner: set,
    name,
    generateName: `${set.metadata.name}-`,
    labels: {
      "apps.kubernetes.io/pod-index": String(ordinal),
      [revisionLabel]: revision,
      "statefulset.kubernetes.io/pod-name": name,
    },
  });
  pod.spec.hostname = name;
  if (set.spec.serviceName) pod.spec.subdomain = set.spec.serviceName;
  const claimed = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}` },
  }));
  pod.spec.volumes = [
    ...claimed,
    ...(pod.spec.volumes ?? []).filter((volume) => !claimed.some((claim) => claim.name === volume.name)),
  ];
  createPod(pass, pod);
  pass.tell(
    set,
    component,
    "Normal",
    "SuccessfulCreate",
    `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`,
  );
}

/** The template of an older revision comes from its ControllerRevision. */
function templateOf(set: StatefulSet, revision: string, pass: Pass): PodTemplate {
  const stored = pass.access.get(controllerRevisions, set.metadata.namespace ?? "", revision) as
    | ControllerRevision
    | undefined;
  const template = (stored?.data as { spec?: { template?: PodTemplate & { $patch?: string } } } | undefined)?.spec
    ?.template;
  if (!template) return set.spec.template;
  const { $patch: _, ...plain } = cloneJson(template);
  return plain;
}

function ensureClaim(set: StatefulSet, template: string, pod: string, pass: Pass): void {
  const namespace = set.metadata.namespace ?? "";
  const name = `${template}-${pod}`;
  const source = set.spec.volumeClaimTemplates?.find(({ metadata }) => metadata.name === template);
  if (!source || pass.access.get(claims, namespace, name)) return;
  const { status: _, metadata, ...rest } = cloneJson(source);
  const labels = { ...metadata.labels, ...set.spec.selector.matchLabels };
  pass.access.create(claims, {
    ...rest,
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { ...metadata, name, namespace, labels },
  });
  pass.tell(
    set,
    component,
    "Normal",
    "SuccessfulCreate",
    `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`,
  );
}
