import {
  kustomizeForceKey,
  kustomizeNameLabel,
  kustomizeNamespaceLabel,
  kustomizePruneKey,
  kustomizeReconcileKey,
  kustomizeSsaKey,
} from "@eddy/api";
import type { ObjectMeta } from "@eddy/core/object";

/** What labels and annotations of an object ask of the apply engine. Source: Flux spec 2. */
export interface ControlMetadata {
  /** `reconcile: disabled` or `ssa: Ignore`: neither applied nor pruned. */
  ignored: boolean;
  /** `ssa: IfNotPresent`: created once. */
  ifNotPresent: boolean;
  /** `ssa: Merge`: fields of other managers are left to them. */
  merge: boolean;
  /** `force: enabled`: deleted and created again when it cannot be changed. */
  force: boolean;
  /** `prune: disabled`. */
  keep: boolean;
}

/** Reads the controls; values are compared without case, a label counts as an annotation does. */
export function controlsOf(metadata: Pick<ObjectMeta, "labels" | "annotations"> | undefined): ControlMetadata {
  const has = (key: string, value: string): boolean =>
    metadata?.labels?.[key]?.toLowerCase() === value || metadata?.annotations?.[key]?.toLowerCase() === value;
  return {
    ignored: has(kustomizeReconcileKey, "disabled") || has(kustomizeSsaKey, "ignore"),
    ifNotPresent: has(kustomizeSsaKey, "ifnotpresent"),
    merge: has(kustomizeSsaKey, "merge"),
    force: has(kustomizeForceKey, "enabled"),
    keep: has(kustomizePruneKey, "disabled"),
  };
}

/** Whose objects these are. */
export interface Owner {
  name: string;
  namespace: string;
}

/** Whether both ownership labels name this owner. */
export function isOwnedBy(metadata: Pick<ObjectMeta, "labels">, owner: Owner): boolean {
  const { labels } = metadata;
  return labels?.[kustomizeNameLabel] === owner.name && labels[kustomizeNamespaceLabel] === owner.namespace;
}
