import { helmConditionTypes, helmReasons, type ReleaseSnapshot } from "@eddy/api";
import { rollbackRelease, uninstallRelease } from "@eddy/runtime/helm";
import { rollbackRequestOf, uninstallRequestOf } from "../action-requests.ts";
import { latestOf, fullReleaseName } from "../history.ts";
import { withLog } from "../log-buffer.ts";
import { messages } from "../messages.ts";
import { recordKnown, recordRollback } from "../record-history.ts";
import { announce, mark, type ReleasePass } from "../release-pass.ts";
import { takeInventory } from "./deploy.ts";
import { runAction, type ActionEnd, type ActionRun } from "./run-action.ts";

/** Goes back to a revision that was good, and marks Remediated. */
export async function rollback(
  pass: ReleasePass,
  previous: ReleaseSnapshot,
  { isServerSide, signal }: { isServerSide: boolean; signal: AbortSignal },
): Promise<ActionEnd> {
  const { object, status, ports } = pass;
  const latest = latestOf(status.history);
  if (latest && (latest.name !== previous.name || latest.namespace !== previous.namespace)) {
    const message = `release mismatch: previous release name or namespace ${fullReleaseName(previous)} does not match current ${fullReleaseName(latest)}`;
    return { kind: "errored", error: new Error(message) };
  }
  const { name, version } = previous;
  const { helm3Defaults } = ports.settings;
  const done = await runAction(pass, signal, (releasePorts) =>
    rollbackRelease(rollbackRequestOf(object, { name, version, isServerSide, helm3Defaults }), releasePorts),
  );
  for (const release of [...done.written.values()].sort((left, right) => left.version - right.version))
    status.history = recordRollback(status.history ?? [], release);
  await takeInventory(pass, done, undefined);
  return conclude(pass, done, {
    latest,
    facts: { ...previous, configDigest: pass.configDigest },
    good: [helmReasons.rollbackSucceeded, messages.rolledBack(previous)],
    bad: [helmReasons.rollbackFailed, (why) => messages.rollbackFailed(previous, why)],
  });
}

/** Uninstalls a release that failed, and marks Remediated. */
export async function uninstallFailed(pass: ReleasePass, signal: AbortSignal): Promise<ActionEnd> {
  const { object, status, ports } = pass;
  const latest = latestOf(status.history);
  if (!latest) return { kind: "errored", error: new Error("no latest release: required to uninstall") };
  const request = uninstallRequestOf(object, latest.name, ports.settings.helm3Defaults);
  const done = await runAction(pass, signal, (releasePorts) => uninstallRelease(request, releasePorts));
  for (const release of done.written.values())
    status.history = recordKnown(status.history ?? [], release, "uninstall-remediation");
  const after = latestOf(status.history) ?? latest;
  return conclude(pass, done, {
    latest,
    facts: after,
    good: [helmReasons.uninstallSucceeded, messages.uninstallRemediated(after)],
    bad: [helmReasons.uninstallFailed, (why) => messages.uninstallRemediationFailed(after, why)],
  });
}

type Reason = Parameters<typeof announce>[2];

interface Conclusion {
  /** The newest revision before. */
  readonly latest: ReleaseSnapshot | undefined;
  readonly facts: Parameters<typeof announce>[4];
  readonly good: readonly [reason: Reason, message: string];
  readonly bad: readonly [reason: Reason, message: (why: string) => string];
}

/** Marks Remediated, counts a failure, and tells either. */
function conclude(pass: ReleasePass, done: ActionRun, { latest, facts, good, bad }: Conclusion): ActionEnd {
  const { status } = pass;
  if (!done.error) {
    mark(pass, helmConditionTypes.remediated, "True", ...good);
    announce(pass, "info", ...good, facts);
    return { kind: "done" };
  }
  const [reason, message] = [bad[0], bad[1](done.error.message)];
  mark(pass, helmConditionTypes.remediated, "False", reason, message);
  if (done.isCancelled) return { kind: "cancelled" };
  status.failures = (status.failures ?? 0) + 1;
  announce(pass, "error", reason, withLog(message, done.log), facts);
  return endOf(done, latest, status.history);
}

// What changed nothing in storage is tried again.
function endOf(
  { error }: ActionRun,
  before: ReleaseSnapshot | undefined,
  history: readonly ReleaseSnapshot[] | undefined,
): ActionEnd {
  return latestOf(history)?.digest === before?.digest ? { kind: "errored", error: error as Error } : { kind: "done" };
}
