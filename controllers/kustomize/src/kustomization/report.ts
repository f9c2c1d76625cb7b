import { kustomizeGroup, type Kustomization } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import type { Outcome, Rest, Run, RunEvent } from "@eddy/runtime/controller";
import { upsertHistory } from "./history.ts";
import type { Ports } from "./ports.ts";
import type { ResolvedSource } from "./resolve-source.ts";
import { intervalOf, progressMessage } from "./timing.ts";

/** What a pass says of itself, in upstream's words. */
export interface Report {
  progress(doing: string): void;
  /** From here on this revision counts as attempted. */
  attempted(doing: string): void;
  /** From here on the outcome is remembered in the history under this digest. */
  rendered(digest: string, doing: string): void;
  /** `isRoutine`: the cluster was as wanted already; `restHolds`: how to see later that it still is as wanted. */
  succeeded(isRoutine: boolean, restHolds: Rest["holds"] | undefined): Outcome<Kustomization>;
}

/** A report of this pass over this revision. */
export function openReport(run: Run<Kustomization>, source: ResolvedSource, ports: Pick<Ports, "clock">): Report {
  const { object } = run;
  const { revision, originRevision } = source;
  const origin = originRevision === undefined ? {} : { originRevision };
  let digest: string | undefined;
  const described = {
    [`${kustomizeGroup}/revision`]: revision,
    ...(originRevision === undefined ? {} : { [`${kustomizeGroup}/originRevision`]: originRevision }),
  };
  run.describeEvents(described);
  const finished = finishedEvents(formatDuration(intervalOf(object)), described);
  const progress = (doing: string): void =>
    run.progress(progressMessage(doing, revision, object), "Reconciliation in progress");
  const elapsedMs = (): number => ports.clock.now() - run.startedAtMs;
  const historyFor = (reason: string): Pick<NonNullable<Kustomization["status"]>, "history"> => {
    if (digest === undefined) return {};
    const metadata = { revision, ...origin };
    return {
      history: upsertHistory(object.status?.history, {
        digest,
        status: reason,
        metadata,
        nowMs: ports.clock.now(),
        durationMs: elapsedMs(),
      }),
    };
  };
  run.onFailure(({ reason }) => historyFor(reason));
  return {
    progress,
    attempted(doing) {
      run.stageStatus({ lastAttemptedRevision: revision });
      progress(doing);
    },
    rendered(value, doing) {
      digest = value;
      progress(doing);
    },
    succeeded: (isRoutine, restHolds) =>
      run.succeeded(
        {
          lastAppliedRevision: revision,
          lastAppliedOriginRevision: originRevision ?? null,
          ...historyFor("ReconciliationSucceeded"),
        },
        {
          isRoutine,
          bookkeeping: ["history"],
          reason: "ReconciliationSucceeded",
          message: `Applied revision: ${revision}`,
          event: finished(elapsedMs()),
          ...(restHolds && { rest: { holds: restHolds, event: finished } }),
        },
      ),
  };
}

// By itself: it outlives the pass, and must keep nothing of it.
function finishedEvents(interval: string, metadata: Record<string, string>): (durationMs: number) => RunEvent {
  return (durationMs) => ({
    severity: "info",
    reason: "ReconciliationSucceeded",
    message: `Reconciliation finished in ${formatDuration(durationMs)}, next run in ${interval}`,
    metadata: { ...metadata, [`${kustomizeGroup}/commit_status`]: "update" },
  });
}
