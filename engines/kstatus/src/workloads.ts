import { conditionsOf, intAt, textAt } from "./fields.ts";
import { current, failed, inProgress, type ObjectStatus } from "./status.ts";

/** What the deployment controller takes for "no deadline": it then never sets the condition Progressing. */
const noDeadline = 2 ** 31 - 1;

/** First of several counts that is not reached yet, as `label: have/want`. */
function lacking(
  ...checks: readonly (readonly [label: string, have: number, want: number])[]
): ObjectStatus | undefined {
  for (const [label, have, want] of checks) if (want > have) return inProgress(`${label}: ${have}/${want}`);
  return undefined;
}

function pendingTermination(replicas: number, wanted: number): ObjectStatus | undefined {
  return replicas > wanted ? inProgress(`Pending termination: ${replicas - wanted}`) : undefined;
}

/** Rolled out, available, and not past its deadline. */
export function deploymentStatus(object: unknown): ObjectStatus {
  let progressing = intAt(object, "spec.progressDeadlineSeconds", noDeadline) === noDeadline;
  let available = false;
  for (const { type, status, reason } of conditionsOf(object)) {
    if (type === "Progressing") {
      if (reason === "ProgressDeadlineExceeded") return failed("Progress deadline exceeded");
      if (status === "True" && reason === "NewReplicaSetAvailable") progressing = true;
    } else if (type === "Available" && status === "True") available = true;
  }
  return deploymentReplicas(object) ?? deploymentConditions(progressing, available) ?? deploymentDone(object);
}

function deploymentReplicas(object: unknown): ObjectStatus | undefined {
  const wanted = intAt(object, "spec.replicas", 1);
  const replicas = intAt(object, "status.replicas", 0);
  const updated = intAt(object, "status.updatedReplicas", 0);
  return (
    lacking(["Replicas", replicas, wanted], ["Updated", updated, wanted]) ??
    pendingTermination(replicas, wanted) ??
    lacking(
      ["Available", intAt(object, "status.availableReplicas", 0), updated],
      ["Ready", intAt(object, "status.readyReplicas", 0), wanted],
    )
  );
}

function deploymentConditions(progressing: boolean, available: boolean): ObjectStatus | undefined {
  if (!progressing) return inProgress("ReplicaSet not Available");
  return available ? undefined : inProgress("Deployment not Available");
}

function deploymentDone(object: unknown): ObjectStatus {
  return current(`Deployment is available. Replicas: ${intAt(object, "status.replicas", 0)}`);
}

/** All replicas labelled, available and ready. */
export function replicaSetStatus(object: unknown): ObjectStatus {
  const fails = conditionsOf(object).some(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (fails) return inProgress("Replica Failure condition. Check Pods");
  const wanted = intAt(object, "spec.replicas", 1);
  const replicas = intAt(object, "status.replicas", 0);
  return (
    lacking(
      ["Labelled", intAt(object, "status.fullyLabeledReplicas", 0), wanted],
      ["Available", intAt(object, "status.availableReplicas", 0), wanted],
      ["Ready", intAt(object, "status.readyReplicas", 0), wanted],
    ) ??
    pendingTermination(replicas, wanted) ??
    current(`ReplicaSet is available. Replicas: ${replicas}`)
  );
}

/** Rolled out up to the partition; OnDelete is always as wanted. */
export function statefulSetStatus(object: unknown): ObjectStatus {
  if (textAt(object, "spec.updateStrategy.type", "") === "OnDelete") {
    return current("StatefulSet is using the ondelete update strategy");
  }
  const wanted = intAt(object, "spec.replicas", 1);
  const replicas = intAt(object, "status.replicas", 0);
  const early =
    lacking(["Replicas", replicas, wanted], ["Ready", intAt(object, "status.readyReplicas", 0), wanted]) ??
    pendingTermination(replicas, wanted);
  return early ?? partitionStatus(object, wanted) ?? revisionStatus(object, wanted, replicas);
}

function partitionStatus(object: unknown, wanted: number): ObjectStatus | undefined {
  const partition = intAt(object, "spec.updateStrategy.rollingUpdate.partition", -1);
  if (partition === -1) return undefined;
  const updated = intAt(object, "status.updatedReplicas", 0);
  return (
    lacking(["updated", updated, wanted - partition]) ?? current(`Partition rollout complete. updated: ${updated}`)
  );
}

function revisionStatus(object: unknown, wanted: number, replicas: number): ObjectStatus {
  const fewer = lacking(["current", intAt(object, "status.currentReplicas", 0), wanted]);
  if (fewer !== undefined) return fewer;
  if (textAt(object, "status.currentRevision", "") !== textAt(object, "status.updateRevision", "")) {
    return inProgress("Waiting for updated revision to match current");
  }
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`);
}

/** Scheduled, updated, available and ready everywhere; generations must be there, unlike elsewhere. */
export function daemonSetStatus(object: unknown): ObjectStatus {
  const kind = textAt(object, "kind", "");
  if (Number.isNaN(intAt(object, "metadata.generation", Number.NaN)))
    return inProgress(`${kind} metadata.generation not found`);
  if (Number.isNaN(intAt(object, "status.observedGeneration", Number.NaN))) {
    return inProgress(`${kind} status.observedGeneration not found`);
  }
  const desired = intAt(object, "status.desiredNumberScheduled", -1);
  if (desired === -1) return inProgress("Missing .status.desiredNumberScheduled");
  return (
    lacking(
      ["Current", intAt(object, "status.currentNumberScheduled", 0), desired],
      ["Updated", intAt(object, "status.updatedNumberScheduled", 0), desired],
      ["Available", intAt(object, "status.numberAvailable", 0), desired],
      ["Ready", intAt(object, "status.numberReady", 0), desired],
    ) ?? current(`All replicas scheduled as expected. Replicas: ${desired}`)
  );
}
