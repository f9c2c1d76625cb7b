import { dialectRules, type HelmDialect } from "../dialect.ts";

const installKinds: readonly string[] = [
  "PriorityClass",
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
];

const uninstallKinds: readonly string[] = [
  "APIService",
  "Ingress",
  "IngressClass",
  "Service",
  "CronJob",
  "Job",
  "StatefulSet",
  "HorizontalPodAutoscaler",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "Pod",
  "DaemonSet",
  "RoleBindingList",
  "RoleBinding",
  "RoleList",
  "Role",
  "ClusterRoleBindingList",
  "ClusterRoleBinding",
  "ClusterRoleList",
  "ClusterRole",
  "CustomResourceDefinition",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "StorageClass",
  "ConfigMap",
  "SecretList",
  "Secret",
  "ServiceAccount",
  "PodDisruptionBudget",
  "PodSecurityPolicy",
  "LimitRange",
  "ResourceQuota",
  "NetworkPolicy",
  "Namespace",
  "PriorityClass",
];

/** Which way a release goes. */
export type KindOrder = "install" | "uninstall";

const ranks = {
  helm3: { install: ranksOf("helm3", "install"), uninstall: ranksOf("helm3", "uninstall") },
  helm4: { install: ranksOf("helm4", "install"), uninstall: ranksOf("helm4", "uninstall") },
} as const;

function ranksOf(dialect: HelmDialect, order: KindOrder): ReadonlyMap<string, number> {
  const { lateKinds } = dialectRules[dialect];
  const kinds = order === "install" ? [...installKinds, ...lateKinds] : [...lateKinds.toReversed(), ...uninstallKinds];
  return new Map(kinds.map((kind, rank) => [kind, rank]));
}

/**
 * Sorts by kind, keeping the order within one; unknown kinds come last, by name. Returns a new list.
 * Source: Helm `releaseutil.InstallOrder` and `UninstallOrder`.
 */
export function sortByKind<T>(
  items: readonly T[],
  kindOf: (item: T) => string,
  options: { dialect?: HelmDialect; order?: KindOrder } = {},
): T[] {
  const rank = ranks[options.dialect ?? "helm4"][options.order ?? "install"];
  return items.toSorted((left, right) => compareKinds(rank, kindOf(left), kindOf(right)));
}

function compareKinds(rank: ReadonlyMap<string, number>, left: string, right: string): number {
  const [first, second] = [rank.get(left), rank.get(right)];
  if (first !== undefined && second !== undefined) return first - second;
  if (first !== undefined) return -1;
  if (second !== undefined) return 1;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
