import { genericReasons, sourceConditionTypes, sourceGroup, sourceReasons, type Artifact } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import type { Outcome, Run, RunEvent, StatusPatch } from "@eddy/runtime/controller";
import type { Source } from "./source.ts";

/** How a kind words what it stored. */
export interface SourceWords<T extends Source> {
  /** Negative conditions whose end is told as a recovery. */
  readonly failures: readonly string[];
  /** Ready's and ArtifactInStorage's message. */
  readyMessage(artifact: Artifact): string;
  /** Of the event beside revision and digest. */
  eventMetadata?(object: T, artifact: Artifact): Record<string, string>;
}

/** What a pass says when it begins. Source: Flux spec 3.0, Progress. */
export function announce<T extends Source>(run: Run<T>): void {
  const { generation = 0 } = run.object.metadata;
  const observed = run.object.status?.observedGeneration ?? -1;
  run.progress(
    generation === observed
      ? "reconciliation in progress"
      : `processing object: new generation ${observed} -> ${generation}`,
  );
}

/** A revision that the artifact does not have yet: ArtifactOutdated, where there is an artifact at all. */
export function announceBuild<T extends Source>(
  run: Run<T>,
  stored: Artifact | undefined,
  reason: string,
  message: string,
): void {
  if (stored) run.setCondition({ type: sourceConditionTypes.artifactOutdated, status: "True", reason, message });
  run.progress(`building artifact: ${message}`);
}

/**
 * The outcome of a pass that found everything as it was. Nothing is written but what is stale. `recovered` is the event's
 * message when the pass before had failed.
 */
export function unchanged<T extends Source>(
  run: Run<T>,
  artifact: Artifact,
  recovered: string,
  words: SourceWords<T>,
): Outcome<T> {
  run.logger.log("debug", `no changes since last reconciliation: observed revision '${artifact.revision}'`);
  const event = recoveryEvent(run, artifact, recovered, words);
  return succeed(run, artifact, {}, words, { isRoutine: true, ...(event ? { event } : {}) });
}

/** The outcome of a pass that stored an artifact: `message` is told when its content is new, or the pass before had failed. */
export function storedNew<T extends Source>(
  run: Run<T>,
  artifact: Artifact,
  { message, observed }: { message: string; observed: StatusPatch<T> },
  words: SourceWords<T>,
): Outcome<T> {
  const isNew = run.object.status?.artifact?.digest !== artifact.digest;
  const event = isNew
    ? artifactEvent(run.object, artifact, { reason: sourceReasons.newArtifact, message }, words)
    : recoveryEvent(run, artifact, message, words);
  return succeed(run, artifact, observed, words, event ? { event } : {});
}

function succeed<T extends Source>(
  run: Run<T>,
  artifact: Artifact,
  observed: StatusPatch<T>,
  words: SourceWords<T>,
  as: { event?: RunEvent; isRoutine?: boolean },
): Outcome<T> {
  const message = words.readyMessage(artifact);
  run.setCondition({
    type: sourceConditionTypes.artifactInStorage,
    status: "True",
    reason: genericReasons.succeeded,
    message,
  });
  const status = { ...observed, artifact } as StatusPatch<T>;
  return run.succeeded(status, { reason: genericReasons.succeeded, message, ...as });
}

function recoveryEvent<T extends Source>(
  run: Run<T>,
  artifact: Artifact,
  message: string,
  words: SourceWords<T>,
): RunEvent | undefined {
  const failed = words.failures.some((type) => isTrue(run.object.status?.conditions, type));
  return failed ? artifactEvent(run.object, artifact, { reason: genericReasons.succeeded, message }, words) : undefined;
}

function artifactEvent<T extends Source>(
  object: T,
  artifact: Artifact,
  { reason, message }: { reason: string; message: string },
  words: SourceWords<T>,
): RunEvent {
  return {
    severity: "info",
    reason,
    message,
    metadata: {
      [`${sourceGroup}/revision`]: artifact.revision,
      [`${sourceGroup}/digest`]: artifact.digest,
      ...words.eventMetadata?.(object, artifact),
    },
  };
}
