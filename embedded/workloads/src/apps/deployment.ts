import { deepEqual } from "@eddy/core/json";
import { matchesLabels, selectorOf } from "@eddy/core/labels";
import { cloneJson } from "@eddy/core/object";
import { deployments, replicaSets } from "../frame/resources.ts";
import type { Deployment, PodTemplate, ReplicaSet } from "../frame/shapes.ts";
import { templateHash } from "../frame/template-hash.ts";
import {
  controlledBy,
  controllerKey,
  controllerOf,
  controllerReference,
  isDeleted,
  modify,
  writeStatus,
  type Controller,
  type Pass,
} from "../frame/world.ts";
import { deploymentStatus } from "./deployment-status.ts";
import { planRollout, rolloutBounds, type RolloutSet, type Scaling } from "./plan-rollout.ts";

const component = "deployment-controller";
const hashLabel = "pod-template-hash";
const revisionAnnotation = "deployment.kubernetes.io/revision";
const desiredAnnotation = "deployment.kubernetes.io/desired-replicas";
const maxAnnotation = "deployment.kubernetes.io/max-replicas";
/** A Deployment's own annotations go to its ReplicaSets, but not these. Source: deployment/util annotationsToSkip. */
const notCopied = [
  "kubectl.kubernetes.io/last-applied-configuration",
  revisionAnnotation,
  desiredAnnotation,
  maxAnnotation,
  "deprecated.deployment.rollback.to",
];

/** Rolls Deployments out through ReplicaSets. */
export const deploymentController: Controller = {
  name: component,
  resource: deployments,
  watches: [replicaSets],
  concerns: ({ object }) => controllerKey(object, "Deployment"),
  reconcile(namespace, name, pass) {
    const deployment = pass.access.get(deployments, namespace, name) as Deployment | undefined;
    if (!deployment || isDeleted(deployment)) return;
    adoptOrphans(deployment, pass);
    const { newest, created } = ensureNewest(deployment, pass);
    if (!deployment.spec.paused && newest) {
      const plan = planRollout(deployment.spec, viewOf(newest), oldSets(deployment, newest, pass).map(viewOf));
      for (const scaling of plan) scale(deployment, scaling, pass);
    } else scalePaused(deployment, pass);
    finish(deployment, newest, created, pass);
  },
};

function finish(deployment: Deployment, newest: ReplicaSet | undefined, created: boolean, pass: Pass): void {
  const { namespace = "", name } = deployment.metadata;
  const refreshed = newest && (pass.access.get(replicaSets, namespace, newest.metadata.name) as ReplicaSet);
  const old = oldSets(deployment, newest, pass);
  const live = pass.access.get(deployments, namespace, name) as Deployment | undefined;
  if (!live) return;
  const { status, lookAgainMs } = deploymentStatus({
    deployment: live,
    newest: refreshed,
    old,
    created,
    nowMs: pass.clock.now(),
  });
  writeStatus(pass, deployments, live, status);
  if (lookAgainMs !== undefined) pass.again(lookAgainMs);
  const progressed = status.conditions?.some(({ reason }) => reason === "NewReplicaSetAvailable");
  if (progressed) forgetHistory(deployment, old, pass);
}

function ownSets(deployment: Deployment, pass: Pass): ReplicaSet[] {
  const sets = controlledBy<ReplicaSet>(pass, deployment, replicaSets).filter((set) => !isDeleted(set));
  return sets.sort((a, b) => revisionOf(a) - revisionOf(b));
}

function oldSets(deployment: Deployment, newest: ReplicaSet | undefined, pass: Pass): ReplicaSet[] {
  return ownSets(deployment, pass).filter(({ metadata }) => metadata.uid !== newest?.metadata.uid);
}

/** The set with the Deployment's template: found (also an old one, which is a rollback), or made unless paused. */
function ensureNewest(deployment: Deployment, pass: Pass): { newest: ReplicaSet | undefined; created: boolean } {
  const sets = ownSets(deployment, pass);
  const found = sets.find(({ spec }) => deepEqual(withoutHash(spec.template), withoutHash(deployment.spec.template)));
  const highest = Math.max(0, ...sets.filter((set) => set !== found).map(revisionOf));
  const revision = String(found && revisionOf(found) > highest ? revisionOf(found) : highest + 1);
  if (!found && deployment.spec.paused) return { newest: undefined, created: false };
  const newest = found ? annotate(deployment, found, revision, pass) : createSet(deployment, revision, pass);
  writeRevision(deployment, revision, pass);
  return { newest, created: !found };
}

/** Notes the revision, with the status: through the main resource a new annotation would be a new generation. */
function writeRevision(deployment: Deployment, revision: string, pass: Pass): void {
  const { namespace = "", name, annotations } = deployment.metadata;
  if (annotations?.[revisionAnnotation] === revision) return;
  const copy = cloneJson(pass.access.get(deployments, namespace, name) ?? deployment);
  copy.metadata.annotations = { ...copy.metadata.annotations, [revisionAnnotation]: revision };
  pass.access.updateStatus(deployments, copy);
}

function createSet(deployment: Deployment, revision: string, pass: Pass): ReplicaSet {
  const { metadata, spec } = deployment;
  const hash = templateHash(spec.template, deployment.status?.collisionCount ?? 0);
  const template = cloneJson(spec.template);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  template.metadata = { ...template.metadata, labels };
  const replicas = firstReplicas(deployment, `${metadata.name}-${hash}`, pass);
  const set: ReplicaSet = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace ?? "",
      labels,
      annotations: annotationsFor(deployment, revision),
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: { ...cloneJson(spec.selector), matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
      template,
    },
  };
  const created = pass.access.create(replicaSets, set) as ReplicaSet;
  if (replicas > 0) tellScaling(deployment, { name: set.metadata.name, from: 0, to: replicas }, pass);
  return created;
}

/** How many a new set may begin with: upstream makes it with them, not empty. */
function firstReplicas(deployment: Deployment, name: string, pass: Pass): number {
  const empty: RolloutSet = { name, replicas: 0, existing: 0, available: 0, terminating: 0 };
  const plan = planRollout(deployment.spec, empty, ownSets(deployment, pass).map(viewOf));
  return plan.find((scaling) => scaling.name === name)?.to ?? 0;
}

function annotate(deployment: Deployment, set: ReplicaSet, revision: string, pass: Pass): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...annotationsFor(deployment, revision) };
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (deepEqual(annotations, set.metadata.annotations) && (set.spec.minReadySeconds ?? 0) === minReadySeconds)
    return set;
  return modify<ReplicaSet>(pass, replicaSets, set, (copy) => {
    copy.metadata.annotations = annotations;
    copy.spec.minReadySeconds = minReadySeconds;
  }) as ReplicaSet;
}

function annotationsFor(deployment: Deployment, revision: string): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.includes(key));
  const replicas = deployment.spec.replicas ?? 1;
  const surge = deployment.spec.strategy?.type === "Recreate" ? 0 : rolloutBounds(deployment.spec).maxSurge;
  return {
    ...Object.fromEntries(own),
    [desiredAnnotation]: String(replicas),
    [maxAnnotation]: String(replicas + surge),
    [revisionAnnotation]: revision,
  };
}

function scale(deployment: Deployment, scaling: Scaling, pass: Pass): void {
  const set = pass.access.get(replicaSets, deployment.metadata.namespace ?? "", scaling.name);
  if (!set) return;
  modify<ReplicaSet>(pass, replicaSets, set, ({ spec }) => void (spec.replicas = scaling.to));
  tellScaling(deployment, scaling, pass);
}

function tellScaling(deployment: Deployment, { name, from, to }: Scaling, pass: Pass): void {
  const direction = to > from ? "up" : "down";
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
  pass.tell(deployment, component, "Normal", "ScalingReplicaSet", message);
}

/** A paused Deployment still scales: its only active set, or the newest of several. */
function scalePaused(deployment: Deployment, pass: Pass): void {
  const sets = ownSets(deployment, pass);
  const set = sets.findLast(({ spec }) => (spec.replicas ?? 0) > 0) ?? sets.at(-1);
  const active = sets.filter(({ spec }) => (spec.replicas ?? 0) > 0);
  const [from, to] = [set?.spec.replicas ?? 0, deployment.spec.replicas ?? 1];
  if (set && active.length <= 1 && from !== to) scale(deployment, { name: set.metadata.name, from, to }, pass);
}

function forgetHistory(deployment: Deployment, old: readonly ReplicaSet[], pass: Pass): void {
  const idle = old.filter(({ spec, status }) => (spec.replicas ?? 0) === 0 && (status?.replicas ?? 0) === 0);
  const surplus = idle.length - (deployment.spec.revisionHistoryLimit ?? 10);
  for (const { metadata } of idle.slice(0, Math.max(0, surplus)))
    pass.access.delete(replicaSets, metadata.namespace ?? "", metadata.name);
}

function adoptOrphans(deployment: Deployment, pass: Pass): void {
  const selector = selectorOf(deployment.spec.selector);
  if (selector.length === 0) return;
  for (const set of pass.access.list(replicaSets, { namespace: deployment.metadata.namespace ?? "", selector })) {
    if (controllerOf(set) || isDeleted(set) || !matchesLabels(selector, set.metadata.labels)) continue;
    modify(
      pass,
      replicaSets,
      set,
      ({ metadata }) =>
        void (metadata.ownerReferences = [...(metadata.ownerReferences ?? []), controllerReference(deployment)]),
    );
  }
}

function viewOf({ metadata, spec, status }: ReplicaSet): RolloutSet {
  return {
    name: metadata.name,
    replicas: spec.replicas ?? 0,
    existing: status?.replicas ?? 0,
    available: status?.availableReplicas ?? 0,
    terminating: status?.terminatingReplicas ?? 0,
  };
}

function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0);
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
