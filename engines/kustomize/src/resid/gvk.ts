import { compareText } from "@eddy/core/json";

/** Group, version and kind; "" where unknown or, in a selector, where any will do. */
export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Splits at the first slash: `apps/v1` → group `apps`, version `v1`. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Whether a GVK meets a selector, in which "" means any. */
export function isSelected(gvk: Gvk, selector: Gvk): boolean {
  return (
    (selector.kind === "" || gvk.kind === selector.kind) &&
    (selector.group === "" || gvk.group === selector.group) &&
    (selector.version === "" || gvk.version === selector.version)
  );
}

/** Whether two GVKs are the same. */
export function sameGvk(left: Gvk, right: Gvk): boolean {
  return left.kind === right.kind && left.group === right.group && left.version === right.version;
}

/** `Deployment.v1.apps`, with `[noGrp]` and the like for what is missing. */
export function formatGvk({ group, version, kind }: Gvk): string {
  return `${kind || "[noKind]"}.${version || "[noVer]"}.${group || "[noGrp]"}`;
}

/** The kinds that come first and last in legacy order. Source: kustomize SortOrderTransformer. */
export const legacyOrderFirst: readonly string[] = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "ServiceAccount",
  "PodSecurityPolicy",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Endpoints",
  "Service",
  "LimitRange",
  "PriorityClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];
export const legacyOrderLast: readonly string[] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/** Ranks of kinds: negative for the first ones, positive for the last, 0 for all others. */
export function kindRanks(first: readonly string[], last: readonly string[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const [index, kind] of first.entries()) ranks.set(kind, index - first.length);
  for (const [index, kind] of last.entries()) ranks.set(kind, index + 1);
  return ranks;
}

const legacyRanks = kindRanks(legacyOrderFirst, legacyOrderLast);

/** Sort key of GVKs of one rank. */
export function gvkSortText({ group, version, kind }: Gvk): string {
  return `${group || "~G"}_${version || "~V"}_${kind || "~K"}`;
}

/** Orders GVKs as kustomize orders field specs. */
export function compareGvk(left: Gvk, right: Gvk): number {
  const rank = (legacyRanks.get(left.kind) ?? 0) - (legacyRanks.get(right.kind) ?? 0);
  return rank !== 0 ? rank : compareText(gvkSortText(left), gvkSortText(right));
}
