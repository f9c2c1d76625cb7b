import {
  kustomizeGroup,
  sourceGroup,
  type GitRepository,
  type Kustomization,
  type Release,
  type WorkloadRelease,
} from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { hasReason, type KubeClient, type ObjectKey } from "@eddy/kube";
import { isObserved, readRollout } from "../workload/rollout.ts";
import { parseWorkloadId } from "../workload/workload-id.ts";
import { workloadKinds } from "../workload/workload-kinds.ts";
import { determineApplied, type Applied } from "./determine-applied.ts";
import { parseKey } from "./origin-keys.ts";
import type { ReleasePorts } from "./ports.ts";

/** Workloads that a release changes. */
export function changedWorkloads({ status }: Release): WorkloadRelease[] {
  return (status?.workloads ?? []).filter((workload) => workload.status === "success");
}

/** The GitRepositories and Kustomizations that a release goes through. */
export function deliverersOf(release: Release): ObjectRef[] {
  const changed = changedWorkloads(release);
  const repositories = new Set(changed.flatMap(({ repository }) => repository ?? []));
  const kustomizations = new Set(changed.flatMap(({ kustomization }) => kustomization ?? []));
  return [
    ...[...repositories].map((key) => ({ group: sourceGroup, kind: "GitRepository", ...parseKey(key) })),
    ...[...kustomizations].map((key) => ({ group: kustomizeGroup, kind: "Kustomization", ...parseKey(key) })),
  ];
}

/** The object of a workload. */
export function workloadRef(id: string): ObjectRef {
  const { namespace, kind, name } = parseWorkloadId(id, "");
  const known = workloadKinds.find((one) => one.kind.toLowerCase() === kind) ?? { group: "apps", kind };
  return { group: known.group, kind: known.kind, namespace, name };
}

/** Whether everything that was committed is in the cluster: the first workload that is not says why. */
export async function observeApplied(release: Release, { kube }: Pick<ReleasePorts, "kube">): Promise<Applied> {
  for (const planned of changedWorkloads(release)) {
    const revision =
      release.status?.commits?.find(({ repository }) => repository === planned.repository)?.revision ?? "";
    const at = { group: kustomizeGroup, kind: "Kustomization", ...parseKey(planned.kustomization ?? "") };
    const from = { group: sourceGroup, kind: "GitRepository", ...parseKey(planned.repository ?? "") };
    const [object, kustomization, repository] = await Promise.all([
      find(workloadRef(planned.id), kube),
      find<Kustomization>(at, kube),
      find<GitRepository>(from, kube),
    ]);
    const applied = determineApplied(release.spec, planned, { object, kustomization, repository, revision });
    if (applied.kind !== "applied") return applied;
  }
  return { kind: "applied" };
}

/** Whether everything that changed runs. */
export async function observeRollout(
  release: Release,
  { kube, clock }: Pick<ReleasePorts, "kube" | "clock">,
): Promise<Applied> {
  const waiting: string[] = [];
  for (const { id } of changedWorkloads(release)) {
    const object = await find(workloadRef(id), kube);
    if (!object) return { kind: "failed", message: `${id} is gone` };
    const rollout = readRollout(object, new Date(clock.now()));
    if (isObserved(object) && rollout.status === "error")
      return {
        kind: "failed",
        message: `There was a problem releasing ${id}: ${rollout.messages.join("; ") || "it failed"}`,
      };
    if (!isObserved(object) || rollout.status !== "ready") waiting.push(id);
  }
  return waiting.length === 0
    ? { kind: "applied" }
    : { kind: "waiting", message: `waiting for ${waiting.join(", ")} to become ready` };
}

/** When it has taken too long, in milliseconds since the epoch. */
export function deadlineOf({ spec, status }: Release): number {
  return Date.parse(status?.startTime ?? "") + parseDuration(spec.timeout ?? "10m");
}

/** The object, undefined where there is none. @throws KubeApiError */
export async function find<T extends KubeObject>(
  key: ObjectKey,
  kube: Pick<KubeClient, "get">,
): Promise<T | undefined> {
  try {
    return await kube.get<T>(key);
  } catch (error) {
    if (hasReason(error, "NotFound", "NoKindMatch")) return undefined;
    throw error;
  }
}
