import { formatTime } from "@eddy/core/conditions";
import type { Deployment, DeploymentStatus, ReplicaSet, WorkloadCondition } from "../frame/shapes.ts";
import { rolloutBounds } from "./plan-rollout.ts";

/** What the status of a Deployment follows from. */
export interface DeploymentView {
  deployment: Deployment;
  newest: ReplicaSet | undefined;
  old: readonly ReplicaSet[];
  /** The newest set was made in this pass. */
  created: boolean;
  nowMs: number;
}

/** The status, and when the progress deadline must be looked at again. */
export interface DeploymentVerdict {
  status: DeploymentStatus;
  lookAgainMs: number | undefined;
}

/** Source: kube-controller-manager deployment/sync.go calculateStatus, progress.go syncRolloutStatus. */
export function deploymentStatus(view: DeploymentView): DeploymentVerdict {
  const { deployment, newest, old, nowMs } = view;
  const sets = [...(newest ? [newest] : []), ...old];
  const total = (field: "replicas" | "readyReplicas" | "availableReplicas" | "terminatingReplicas"): number =>
    sets.reduce((sum, { status }) => sum + (status?.[field] ?? 0), 0);
  const wanted = deployment.spec.replicas ?? 1;
  const [replicas, available] = [total("replicas"), total("availableReplicas")];
  const unavailable = Math.max(0, sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0) - available);
  const counts: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...nonZero("replicas", replicas),
    ...nonZero("updatedReplicas", newest?.status?.replicas ?? 0),
    ...nonZero("readyReplicas", total("readyReplicas")),
    ...nonZero("availableReplicas", available),
    ...nonZero("unavailableReplicas", unavailable),
    terminatingReplicas: total("terminatingReplicas"),
  };
  const now = formatTime(new Date(nowMs));
  const enough = available >= wanted - rolloutBounds(deployment.spec).maxUnavailable;
  const availability = enough
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  const progress = determineProgress(view, counts);
  const previous = deployment.status?.conditions ?? [];
  const written = [availability, ...(progress.change ? [progress.change] : [])].reduce(
    (conditions, change) => withCondition(conditions, change, now),
    previous,
  );
  return { status: { ...counts, conditions: written }, lookAgainMs: progress.lookAgainMs };
}

type Change = Omit<WorkloadCondition, "lastUpdateTime" | "lastTransitionTime"> & { refresh?: boolean };

function determineProgress(
  view: DeploymentView,
  counts: DeploymentStatus,
): { change?: Change; lookAgainMs: number | undefined } {
  const { deployment, newest, created, nowMs } = view;
  const { spec, metadata, status } = deployment;
  const current = status?.conditions?.find(({ type }) => type === "Progressing");
  const what = newest ? `ReplicaSet "${newest.metadata.name}"` : `Deployment "${metadata.name}"`;
  const progressing = (
    reason: string,
    message: string,
    refresh = false,
  ): { change: Change; lookAgainMs: undefined } => ({
    change: { type: "Progressing", status: "True", reason, message, refresh },
    lookAgainMs: undefined,
  });
  if (spec.paused === true) {
    const change = {
      type: "Progressing",
      status: "Unknown",
      reason: "DeploymentPaused",
      message: "Deployment is paused",
    };
    return { ...(current?.reason === "NewReplicaSetAvailable" ? {} : { change }), lookAgainMs: undefined };
  }
  const wanted = spec.replicas ?? 1;
  if (
    newest &&
    (counts.updatedReplicas ?? 0) === wanted &&
    (counts.replicas ?? 0) === wanted &&
    (counts.availableReplicas ?? 0) === wanted
  ) {
    return progressing("NewReplicaSetAvailable", `${what} has successfully progressed.`);
  }
  const deadlineMs = (spec.progressDeadlineSeconds ?? 600) * 1_000;
  if (created)
    return {
      ...progressing("NewReplicaSetCreated", `Created new replica set "${newest?.metadata.name}"`, true),
      lookAgainMs: deadlineMs,
    };
  if (hasProgressed(status, counts))
    return { ...progressing("ReplicaSetUpdated", `${what} is progressing.`, true), lookAgainMs: deadlineMs };
  if (!current || current.reason === "NewReplicaSetAvailable")
    return {
      ...progressing("FoundNewReplicaSet", `Found new replica set "${newest?.metadata.name}"`, true),
      lookAgainMs: deadlineMs,
    };
  if (current.reason === "ProgressDeadlineExceeded") return { lookAgainMs: undefined };
  const dueMs = Date.parse(current.lastUpdateTime ?? current.lastTransitionTime) + deadlineMs;
  if (nowMs < dueMs) return { lookAgainMs: dueMs - nowMs };
  return {
    change: {
      type: "Progressing",
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: `${what} has timed out progressing.`,
    },
    lookAgainMs: undefined,
  };
}

function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const grew = (field: "updatedReplicas" | "readyReplicas" | "availableReplicas"): boolean =>
    (after[field] ?? 0) > (before?.[field] ?? 0);
  const oldBefore = (before?.replicas ?? 0) - (before?.updatedReplicas ?? 0);
  const oldAfter = (after.replicas ?? 0) - (after.updatedReplicas ?? 0);
  return grew("updatedReplicas") || grew("readyReplicas") || grew("availableReplicas") || oldAfter < oldBefore;
}

/** The transition time moves with the status alone, the update time also with the reason, or when progress was made. */
function withCondition(
  conditions: readonly WorkloadCondition[],
  { refresh = false, ...change }: Change,
  now: string,
): WorkloadCondition[] {
  const previous = conditions.find(({ type }) => type === change.type);
  if (previous && previous.status === change.status && previous.reason === change.reason && !refresh)
    return [...conditions];
  const { type, status, reason, message } = change;
  const lastTransitionTime = previous?.status === status ? previous.lastTransitionTime : now;
  const next: WorkloadCondition = { type, status, lastUpdateTime: now, lastTransitionTime, reason, message };
  return [...conditions.filter((condition) => condition.type !== type), next];
}

function nonZero(field: keyof DeploymentStatus, count: number): DeploymentStatus {
  return count === 0 ? {} : { [field]: count };
}
