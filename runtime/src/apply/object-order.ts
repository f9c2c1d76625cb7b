import { compareText } from "@eddy/core/json";
import { gvkOf, type KubeObject, type ObjectRef } from "@eddy/core/object";

/** Kinds that others refer to come first, admission webhooks last. Source: Flux ssa `ReconcileOrder`, spec 3.4. */
const first: readonly string[] = [
  "CustomResourceDefinition",
  "Namespace",
  "ClusterRole",
  "ClusterClass",
  "RuntimeClass",
  "PriorityClass",
  "StorageClass",
  "VolumeSnapshotClass",
  "IngressClass",
  "GatewayClass",
  "ClusterRoleBinding",
  "ResourceQuota",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "Secret",
  "Service",
  "LimitRange",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];
const last: readonly string[] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const ranks: ReadonlyMap<string, number> = new Map([
  ...first.map((kind, index) => [kind, index - first.length] as const),
  ...last.map((kind, index) => [kind, index + 1] as const),
]);

/** Negative for early kinds, 0 for those without a place, positive for late ones. */
export function rankOf(kind: string): number {
  return ranks.get(kind) ?? 0;
}

/** Orders references as they are applied: by rank, group, kind, namespace, name. Deletions go the other way. */
export function compareRefs(left: ObjectRef, right: ObjectRef): number {
  return (
    rankOf(left.kind) - rankOf(right.kind) ||
    compareText(left.group, right.group) ||
    compareText(left.kind, right.kind) ||
    compareText(left.namespace, right.namespace) ||
    compareText(left.name, right.name)
  );
}

/** What is applied together: definitions, then classes, then custom kinds, then the rest. */
export type Stage = "Definitions" | "Classes" | "Custom" | "Resources";

/** All stages in their order. */
export const stages: readonly Stage[] = ["Definitions", "Classes", "Custom", "Resources"];

/** The stage of an object. `customKinds` holds `<group>/<Kind>` of `--custom-apply-stage-kinds`. */
export function stageOf(object: KubeObject, customKinds: ReadonlySet<string>): Stage {
  const { group, kind, version } = gvkOf(object);
  if (kind === "CustomResourceDefinition" && group === "apiextensions.k8s.io") return "Definitions";
  if (kind === "Namespace" && group === "" && version === "v1") return "Definitions";
  if (kind === "ClusterRole" && group === "rbac.authorization.k8s.io") return "Definitions";
  if (kind.endsWith("Class")) return "Classes";
  return customKinds.has(`${group}/${kind}`) ? "Custom" : "Resources";
}
