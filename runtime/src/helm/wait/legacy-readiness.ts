import { gvkOf, valueAt, type KubeObject } from "@eddy/core/object";

/** How Helm 3 sees an object. `Broken` ends the wait. */
export type Readiness =
  | { readonly state: "Ready" | "NotReady" }
  | { readonly state: "Broken"; readonly message: string };

const ready: Readiness = { state: "Ready" };
const notReady: Readiness = { state: "NotReady" };

type Rule = (object: KubeObject) => boolean;

const rules: Readonly<Record<string, Rule>> = {
  "/Pod": (pod) => hasCondition(pod, "Ready"),
  "/PersistentVolumeClaim": (claim) => valueAt(claim, "status", "phase") === "Bound",
  "/Service": isServiceReady,
  "/ReplicationController": isSetReady,
  "apps/ReplicaSet": isSetReady,
  "apps/Deployment": isDeploymentReady,
  "apps/DaemonSet": isDaemonSetReady,
  "apps/StatefulSet": isStatefulSetReady,
  "apiextensions.k8s.io/CustomResourceDefinition": isDefinitionReady,
};

/**
 * Whether Helm 3 holds an object for ready; kinds that it does not know are. Pure, of the object alone: of a Deployment's newest
 * ReplicaSet as many pods are taken for ready as cannot belong to an older one. Source: Helm `kube/ready.go`.
 */
export function legacyReadiness(live: KubeObject | undefined, { jobs }: { jobs: boolean }): Readiness {
  if (!live) return notReady;
  const { group, kind } = gvkOf(live);
  if (group === "batch" && kind === "Job") return jobs ? jobReadiness(live) : ready;
  const rule = Object.hasOwn(rules, `${group}/${kind}`) ? rules[`${group}/${kind}`] : undefined;
  return rule === undefined || rule(live) ? ready : notReady;
}

/** Whether a hook's Job or Pod is done, as Helm 3 watches it. */
export function legacyHookReadiness(live: KubeObject | undefined): Readiness {
  if (!live) return notReady;
  const { name } = live.metadata;
  if (live.kind === "Job") {
    if (hasCondition(live, "Complete")) return ready;
    const failed = conditionOf(live, "Failed");
    if (valueAt(failed, "status") !== "True") return notReady;
    return { state: "Broken", message: `job ${name} failed: ${String(valueAt(failed, "reason") ?? "")}` };
  }
  const phase = valueAt(live, "status", "phase");
  if (phase === "Failed") return { state: "Broken", message: `pod ${name} failed` };
  return phase === "Succeeded" ? ready : notReady;
}

function jobReadiness(job: KubeObject): Readiness {
  const failed = numberAt(job, "status", "failed");
  if (failed > numberAt(job, "spec", "backoffLimit", 6)) {
    return { state: "Broken", message: `job is failed: ${job.metadata.namespace ?? ""}/${job.metadata.name}` };
  }
  const completions = valueAt(job, "spec", "completions");
  return typeof completions === "number" && numberAt(job, "status", "succeeded") < completions ? notReady : ready;
}

function isServiceReady(service: KubeObject): boolean {
  const spec = service["spec"];
  if (valueAt(spec, "type") === "ExternalName") return true;
  if (!valueAt(spec, "clusterIP")) return false;
  if (valueAt(spec, "type") !== "LoadBalancer") return true;
  const externalIps = valueAt(spec, "externalIPs");
  if (Array.isArray(externalIps) && externalIps.length > 0) return true;
  return Array.isArray(valueAt(service, "status", "loadBalancer", "ingress"));
}

function isSetReady(set: KubeObject): boolean {
  return isObserved(set) && numberAt(set, "status", "readyReplicas") >= numberAt(set, "spec", "replicas", 1);
}

function isDeploymentReady(deployment: KubeObject): boolean {
  if (valueAt(deployment, "spec", "paused") === true) return true;
  if (!isObserved(deployment)) return false;
  const wanted = numberAt(deployment, "spec", "replicas", 1);
  const updated = numberAt(deployment, "status", "updatedReplicas");
  const older = Math.max(0, numberAt(deployment, "status", "replicas") - updated);
  const isRolling = valueAt(deployment, "spec", "strategy", "type") !== "Recreate" && wanted > 0;
  const limit = valueAt(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable");
  const unavailable = isRolling ? Math.min(wanted, scaled(limit, wanted, Math.floor)) : 0;
  return numberAt(deployment, "status", "readyReplicas") - older >= wanted - unavailable;
}

function isDaemonSetReady(set: KubeObject): boolean {
  if (!isObserved(set)) return false;
  if (valueAt(set, "spec", "updateStrategy", "type") !== "RollingUpdate") return true;
  const wanted = numberAt(set, "status", "desiredNumberScheduled");
  if (numberAt(set, "status", "updatedNumberScheduled") !== wanted) return false;
  const limit = valueAt(set, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
  return numberAt(set, "status", "numberReady") >= wanted - scaled(limit, wanted, Math.ceil);
}

function isStatefulSetReady(set: KubeObject): boolean {
  if (!isObserved(set)) return false;
  if (valueAt(set, "spec", "updateStrategy", "type") !== "RollingUpdate") return true;
  const replicas = numberAt(set, "spec", "replicas", 1);
  const partition = numberAt(set, "spec", "updateStrategy", "rollingUpdate", "partition", 0);
  if (numberAt(set, "status", "updatedReplicas") < replicas - partition) return false;
  if (numberAt(set, "status", "readyReplicas") !== replicas) return false;
  const current = valueAt(set, "status", "currentRevision");
  return partition > 0 || current === valueAt(set, "status", "updateRevision");
}

function isDefinitionReady(definition: KubeObject): boolean {
  if (hasCondition(definition, "Established")) return true;
  return valueAt(conditionOf(definition, "NamesAccepted"), "status") === "False";
}

function isObserved(object: KubeObject): boolean {
  return numberAt(object, "status", "observedGeneration") === (object.metadata.generation ?? 0);
}

function hasCondition(object: KubeObject, type: string): boolean {
  return valueAt(conditionOf(object, type), "status") === "True";
}

function conditionOf(object: KubeObject, type: string): unknown {
  const conditions = valueAt(object, "status", "conditions");
  return Array.isArray(conditions) ? conditions.find((entry: unknown) => valueAt(entry, "type") === type) : undefined;
}

/** The number at the path; a number at its end is what stands for an absent one. */
function numberAt(value: unknown, ...path: (string | number)[]): number {
  const last = path.at(-1);
  const fallback = typeof last === "number" ? last : 0;
  const found = valueAt(value, ...path.filter((step) => typeof step === "string"));
  return typeof found === "number" ? found : fallback;
}

/** A count, or a share of `total` as `25%`. */
function scaled(limit: unknown, total: number, round: (value: number) => number): number {
  if (typeof limit === "number") return limit;
  const share = typeof limit === "string" && limit.endsWith("%") ? Number(limit.slice(0, -1)) : Number.NaN;
  return Number.isNaN(share) ? 0 : round((share / 100) * total);
}
