import {
  genericReasons,
  sourceConditionTypes,
  sourceGroup,
  sourceReasons,
  type Artifact,
  type GitRepository,
} from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import type { Outcome, Run, RunEvent } from "@eddy/runtime/controller";
import type { ObservedContent } from "./content-changed.ts";

const failures = [
  sourceConditionTypes.fetchFailed,
  sourceConditionTypes.includeUnavailable,
  sourceConditionTypes.storageOperationFailed,
];
const maxSubject = 50;

/** What a pass says when it begins. */
export function announce(run: Run<GitRepository>): void {
  const { generation = 0 } = run.object.metadata;
  const observed = run.object.status?.observedGeneration ?? -1;
  run.progress(
    generation === observed
      ? "reconciliation in progress"
      : `processing object: new generation ${observed} -> ${generation}`,
  );
}

/** A revision or an include that the artifact does not have yet: ArtifactOutdated, where there is an artifact at all. */
export function announceBuild(
  run: Run<GitRepository>,
  stored: Artifact | undefined,
  reason: string,
  message: string,
): void {
  if (stored) run.setCondition({ type: sourceConditionTypes.artifactOutdated, status: "True", reason, message });
  run.progress(`building artifact: ${message}`);
}

/** The outcome of a pass that found everything as it was. Nothing is written but what is stale. */
export function unchanged(run: Run<GitRepository>, artifact: Artifact): Outcome<GitRepository> {
  const message = `no changes since last reconciliation: observed revision '${artifact.revision}'`;
  run.logger.log("debug", message);
  const recovered = recoveryEvent(run, artifact, artifact.revision);
  return succeed(run, artifact, {}, { isRoutine: true, ...(recovered ? { event: recovered } : {}) });
}

/** The outcome of a pass that stored an artifact. */
export function storedNew(
  run: Run<GitRepository>,
  artifact: Artifact,
  message: string,
  observed: ObservedContent,
): Outcome<GitRepository> {
  const label = shortMessage(message);
  const isNew = run.object.status?.artifact?.digest !== artifact.digest;
  const event = isNew ? artifactEvent(artifact, sourceReasons.newArtifact, label) : recoveryEvent(run, artifact, label);
  return succeed(run, artifact, observed, event ? { event } : {});
}

function succeed(
  run: Run<GitRepository>,
  artifact: Artifact,
  observed: Partial<ObservedContent>,
  as: { event?: RunEvent; isRoutine?: boolean },
): Outcome<GitRepository> {
  const message = `stored artifact for revision '${artifact.revision}'`;
  run.setCondition({
    type: sourceConditionTypes.artifactInStorage,
    status: "True",
    reason: genericReasons.succeeded,
    message,
  });
  return run.succeeded({ artifact, ...observed }, { reason: genericReasons.succeeded, message, ...as });
}

function recoveryEvent(run: Run<GitRepository>, artifact: Artifact, label: string): RunEvent | undefined {
  const failed = failures.some((type) => isTrue(run.object.status?.conditions, type));
  return failed ? artifactEvent(artifact, genericReasons.succeeded, label) : undefined;
}

function artifactEvent(artifact: Artifact, reason: string, label: string): RunEvent {
  return {
    severity: "info",
    reason,
    message: `stored artifact for commit '${label}'`,
    metadata: { [`${sourceGroup}/revision`]: artifact.revision, [`${sourceGroup}/digest`]: artifact.digest },
  };
}

/** The first line of a commit message, cut after 50 characters. Source: fluxcd/pkg/git `Commit.ShortMessage`. */
export function shortMessage(message: string): string {
  const subject = Array.from(message.split("\n", 1)[0] ?? "");
  return subject.length > maxSubject ? `${subject.slice(0, maxSubject).join("")}...` : subject.join("");
}
