import { helmNameLabel, helmNamespaceLabel } from "@eddy/api";
import { compareText } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { readWorkloadPolicies, type WorkloadPolicies } from "@eddy/image-policy";
import { containersOf, type ObjectContainer } from "@eddy/runtime/source-write";
import { formatWorkloadId } from "./workload-id.ts";

/** Something of the cluster that runs images. */
export interface Workload {
  /** `<namespace>:<kind>/<name>`. */
  readonly id: string;
  readonly object: KubeObject;
  readonly containers: readonly ObjectContainer[];
  readonly policies: WorkloadPolicies;
  /** The HelmRelease that it was rendered from, as an id: that one is to be changed. */
  readonly antecedent: string | undefined;
}

/** Reads an object as a workload. Pure. */
export function readWorkload(object: KubeObject): Workload {
  const { kind, metadata } = object;
  const policies = readWorkloadPolicies(metadata);
  const release = metadata.labels?.[helmNameLabel];
  const antecedent =
    release === undefined
      ? policies.fluxV1.antecedent
      : `${metadata.labels?.[helmNamespaceLabel] ?? ""}:helmrelease/${release}`;
  return {
    id: formatWorkloadId({ namespace: metadata.namespace ?? "", kind: kind.toLowerCase(), name: metadata.name }),
    object,
    containers: containersOf(object),
    policies,
    antecedent,
  };
}

/** By id. */
export function sortWorkloads<T extends { readonly id: string }>(workloads: readonly T[]): T[] {
  return workloads.toSorted((left, right) => compareText(left.id, right.id));
}
