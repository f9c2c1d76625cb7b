import { helmConditionTypes, helmReasons } from "@eddy/api";
import { testRelease } from "@eddy/runtime/helm";
import { testRequestOf } from "../action-requests.ts";
import { hasBeenTested, latestOf } from "../history.ts";
import { messages } from "../messages.ts";
import { recordTests } from "../record-history.ts";
import { announce, mark, type ReleasePass } from "../release-pass.ts";
import { activeRemediation } from "../remediation.ts";
import { runAction, type ActionEnd } from "./run-action.ts";

/** Runs the tests of the newest revision and marks TestSuccess. A failure counts for the remediation unless it is ignored. */
export async function test(pass: ReleasePass, signal: AbortSignal): Promise<ActionEnd> {
  const { object, status, target } = pass;
  const done = await runAction(pass, signal, (ports) => testRelease(testRequestOf(object, target.name), ports));
  for (const release of done.written.values())
    status.history = recordTests(status.history ?? [], release, object.spec.test?.filters ?? []);
  const latest = latestOf(status.history);
  if (!latest) return { kind: "errored", error: new Error("no latest release: required for test") };
  if (!done.error) {
    // Without a hook nothing is written: that there was nothing to run is an answer too.
    const tested = { ...latest, testHooks: latest.testHooks ?? {} };
    status.history = (status.history ?? []).map((snapshot) => (snapshot === latest ? tested : snapshot));
    const message = messages.tested(tested);
    mark(pass, helmConditionTypes.testSuccess, "True", helmReasons.testSucceeded, message);
    announce(pass, "info", helmReasons.testSucceeded, message, tested);
    return { kind: "done" };
  }
  const message = messages.testFailed(latest, done.error.message);
  mark(pass, helmConditionTypes.testSuccess, "False", helmReasons.testFailed, message);
  if (done.isCancelled) return { kind: "cancelled" };
  status.failures = (status.failures ?? 0) + 1;
  announce(pass, "error", helmReasons.testFailed, message, latest);
  if (!hasBeenTested(latest)) return { kind: "errored", error: done.error };
  countFailure(pass);
  return { kind: "done" };
}

function countFailure({ object, status }: ReleasePass): void {
  const remediation = activeRemediation(object, status);
  if (!remediation || remediation.ignoreTestFailures) return;
  if (remediation.action === "install") status.installFailures = (status.installFailures ?? 0) + 1;
  else status.upgradeFailures = (status.upgradeFailures ?? 0) + 1;
}
