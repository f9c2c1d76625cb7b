import type { ReleaseSpec, WorkloadRelease } from "@eddy/api";
import { readFluxV1Policies } from "@eddy/image-policy";
import type { AppliedFolder, WantedChange } from "@eddy/runtime/source-write";
import { policyAnnotations } from "./plan-policies.ts";
import type { Candidate } from "./select-workloads.ts";

/** A planned workload with the object that it is. */
export interface PlannedWorkload {
  readonly candidate: Candidate;
  readonly planned: WorkloadRelease;
}

/** What each Kustomization's folder is to build. */
export function wantedFolders(spec: ReleaseSpec, workloads: readonly PlannedWorkload[]): AppliedFolder[] {
  const folders = new Map<string, { spec: AppliedFolder["spec"]; changes: WantedChange[] }>();
  for (const { candidate, planned } of workloads) {
    const { kustomization } = candidate.origin;
    const key = `${kustomization.metadata.namespace}/${kustomization.metadata.name}`;
    const folder = folders.get(key) ?? { spec: kustomization.spec, changes: [] };
    folder.changes.push(...changesOf(spec, candidate, planned));
    folders.set(key, folder);
  }
  const isForced = spec.force === true || spec.policies !== undefined;
  return [...folders.values()].map((folder) => (isForced ? folder : { ...folder, guard: refuseHeld }));
}

/** A lock that is committed and not applied yet holds all the same. */
const refuseHeld: NonNullable<AppliedFolder["guard"]> = ({ metadata }) => {
  const { locked, ignored } = readFluxV1Policies(metadata);
  if (locked) return "locked in Git";
  return ignored === "all" ? "ignore in Git" : undefined;
};

/** The changes of one workload. */
export function changesOf(
  spec: ReleaseSpec,
  candidate: Candidate,
  { containers = [] }: WorkloadRelease,
): WantedChange[] {
  const { kind, metadata } = candidate.origin.written;
  const object = { kind, name: metadata.name, namespace: metadata.namespace ?? "" };
  if (spec.policies) return [{ form: "annotations", object, annotations: policyAnnotations(spec.policies, candidate) }];
  return containers.map(({ container, target }) => ({ form: "image", object, container, image: target }));
}

/** Of workloads whose changes were refused, what becomes of them: a workload is changed as a whole or not at all. */
export function withRefusals(
  workloads: readonly PlannedWorkload[],
  refused: readonly { change: WantedChange; reason: string }[],
): WorkloadRelease[] {
  return workloads.map(({ candidate, planned }) => {
    const { kind, metadata } = candidate.origin.written;
    const own = refused.find(({ change: { object } }) => object.kind === kind && object.name === metadata.name);
    if (!own) return planned;
    const isHeld = own.reason.endsWith(" in Git");
    const { containers: _, ...rest } = planned;
    return { ...rest, status: isHeld ? "skipped" : "failed", reason: own.reason };
  });
}
