import type { GitRepository, Kustomization, ReleaseSpec, WorkloadRelease } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { readWorkload } from "../workload/workload.ts";
import type { KubeObject } from "@eddy/core/object";
import { policyAnnotations } from "./plan-policies.ts";

/** Whether the cluster has what was committed. */
export type Applied =
  | { readonly kind: "applied" }
  | { readonly kind: "waiting"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** What is seen of a workload's delivery; undefined is not there. */
export interface ObservedDelivery {
  readonly object: KubeObject | undefined;
  readonly kustomization: Kustomization | undefined;
  readonly repository: GitRepository | undefined;
  /** Of the commit. */
  readonly revision: string;
}

/** Reads it off a workload, its Kustomization, and the commit's revision. Pure. */
export function determineApplied(
  spec: ReleaseSpec,
  planned: WorkloadRelease,
  { object, kustomization, repository, revision }: ObservedDelivery,
): Applied {
  if (object && isAsPlanned(spec, planned, object)) return { kind: "applied" };
  const named = `Kustomization "${planned.kustomization ?? ""}"`;
  if (!kustomization) return { kind: "failed", message: `${named} is not there` };
  if (kustomization.spec.suspend)
    return { kind: "failed", message: `${named} is suspended: resume it to apply ${revision}` };
  if (repository?.spec.suspend)
    return {
      kind: "failed",
      message: `GitRepository "${planned.repository ?? ""}" is suspended: resume it to apply ${revision}`,
    };
  const { lastAppliedRevision, lastAttemptedRevision, conditions } = kustomization.status ?? {};
  const ready = findCondition(conditions, "Ready");
  const isTried = lastAttemptedRevision === revision && ready?.status === "False";
  if (isTried && ready.reason !== "DependencyNotReady")
    return { kind: "failed", message: `${named}: ${ready.message}` };
  if (lastAppliedRevision === revision)
    return { kind: "failed", message: `${named} has applied ${revision}, and ${planned.id} is not as planned` };
  return { kind: "waiting", message: `waiting for ${named} to apply ${revision}` };
}

function isAsPlanned(spec: ReleaseSpec, { containers = [] }: WorkloadRelease, object: KubeObject): boolean {
  const workload = readWorkload(object);
  if (spec.policies) {
    const annotations = object.metadata.annotations ?? {};
    const wanted = Object.entries(policyAnnotations(spec.policies, workload));
    return wanted.every(([key, value]) => (annotations[key] ?? null) === value);
  }
  return containers.every(({ container, target }) =>
    workload.containers.some(({ name, image }) => name === container && image === target),
  );
}
