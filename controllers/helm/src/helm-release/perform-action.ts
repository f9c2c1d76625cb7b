import type { ActionEnd } from "./actions/run-action.ts";
import { correct } from "./actions/correct.ts";
import { deploy } from "./actions/deploy.ts";
import { rollback, uninstallFailed } from "./actions/remediate.ts";
import { test } from "./actions/test.ts";
import { unlock } from "./actions/unlock.ts";
import { reportDrift, succeedAfterRemediation } from "./mark-in-step.ts";
import type { ObservedState } from "./observe-state.ts";
import { planRollback, type ReleaseActionName } from "./plan-action.ts";
import type { ReleasePass } from "./release-pass.ts";
import { activeRemediation } from "./remediation.ts";
import { verifyRollbackTarget } from "./rollback-target.ts";

/**
 * Runs one action.
 * @throws EddyError ROLLBACK_TARGET_MISSING (terminal); StepError ArtifactFailed when the chart cannot be loaded
 */
export async function performAction(
  pass: ReleasePass,
  action: ReleaseActionName,
  observed: ObservedState,
  signal: AbortSignal,
): Promise<ActionEnd> {
  const { stored } = observed;
  switch (action) {
    case "install":
    case "upgrade":
      return deploy(pass, action, { stored, signal });
    case "unlock":
      return unlock(pass, stored);
    case "test":
      succeedAfterRemediation(pass);
      return test(pass, signal);
    case "correct":
      reportDrift(pass, observed);
      return correct(pass, observed.drift ?? []);
    case "uninstall":
      return uninstallFailed(pass, signal);
    case "rollback":
      return rollbackIfPossible(pass, observed, signal);
  }
}

async function rollbackIfPossible(
  pass: ReleasePass,
  { stored }: ObservedState,
  signal: AbortSignal,
): Promise<ActionEnd> {
  const ignoreTests = activeRemediation(pass.object, pass.status)?.ignoreTestFailures ?? false;
  const { target, previous, isServerSide } = await verifyRollbackTarget(pass, { ignoreTests });
  if (planRollback(target) === "upgrade" || !previous) return deploy(pass, "upgrade", { stored, signal });
  return rollback(pass, previous, { isServerSide, signal });
}
