import { compareText } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/** Source: Helm `release/v1/util/kind_sorter.go` UninstallOrder. */
const kinds: readonly string[] = [
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
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
const ranks: ReadonlyMap<string, number> = new Map(kinds.map((kind, index) => [kind, index]));

/** The objects in the order in which Helm deletes them: kinds that it does not know last, by name. Stable. Pure. */
export function inUninstallOrder(objects: readonly KubeObject[]): KubeObject[] {
  const rankOf = ({ kind }: KubeObject): number => ranks.get(kind) ?? kinds.length;
  return objects.toSorted((left, right) => {
    const byRank = rankOf(left) - rankOf(right);
    return byRank || (rankOf(left) === kinds.length ? compareText(left.kind, right.kind) : 0);
  });
}
