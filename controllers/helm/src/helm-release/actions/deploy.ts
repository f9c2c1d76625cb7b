import { helmConditionTypes, helmReasons } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import { installRelease, upgradeRelease, type Release } from "@eddy/runtime/helm";
import { installRequestOf, upgradeRequestOf, type DeployFacts } from "../action-requests.ts";
import { hasBeenTested, latestOf } from "../history.ts";
import { withLog } from "../log-buffer.ts";
import { messages } from "../messages.ts";
import { recordDeployed } from "../record-history.ts";
import { inventoryOfRelease } from "../release-inventory.ts";
import { announce, clearFailures, mark, wantedFacts, type ReleasePass } from "../release-pass.ts";
import { retryIntervalFor } from "../remediation.ts";
import { runAction, type ActionEnd, type ActionRun } from "./run-action.ts";

/**
 * Installs or upgrades, records every revision that was written, and marks Released. A failure counts for the remediation only
 * when it left something behind, and when nobody stopped the action.
 */
export async function deploy(
  pass: ReleasePass,
  action: "install" | "upgrade",
  { stored, signal }: { stored: Release | undefined; signal: AbortSignal },
): Promise<ActionEnd> {
  const { run, object, status, ports } = pass;
  const startedAtMs = ports.clock.now();
  status.lastAttemptedReleaseAction = action;
  // An install begins anew: nothing before it can be gone back to.
  if (action === "install") status.history = [];
  run.removeCondition(helmConditionTypes.testSuccess, helmConditionTypes.remediated);

  const facts: DeployFacts = {
    target: pass.target,
    chart: await pass.chart.load(),
    values: pass.values,
    helm3Defaults: ports.settings.helm3Defaults,
  };
  const done = await runAction(pass, signal, (releasePorts) =>
    action === "install"
      ? installRelease(installRequestOf(object, facts), releasePorts)
      : upgradeRelease(upgradeRequestOf(object, facts, stored?.apply_method === "ssa"), releasePorts),
  );
  status.lastAttemptedReleaseActionDuration = formatDuration(ports.clock.now() - startedAtMs);
  status.history = recordDeployed(status.history ?? [], done.written, { action, ociDigest: pass.chart.ociDigest });
  await takeInventory(pass, done, facts);
  if (!done.error) {
    succeed(pass, action);
    return { kind: "done" };
  }
  return fail(pass, action, done);
}

/** Lists in the status what the newest revision put into the cluster. */
export async function takeInventory(
  pass: ReleasePass,
  { written }: Pick<ActionRun, "written">,
  chart: Pick<DeployFacts, "chart" | "values"> | undefined,
): Promise<void> {
  const newest = [...written.values()].reduce<Release | undefined>(
    (best, release) => (best && best.version > release.version ? best : release),
    undefined,
  );
  if (!newest) return;
  const { namespace, name } = pass.object.metadata;
  try {
    const { entries, warnings } = await inventoryOfRelease(newest, chart, pass.cluster.kube);
    pass.status.inventory = { entries };
    if (warnings.length > 0)
      pass.run.event({ severity: "error", reason: helmReasons.namespaceCheckSkipped, message: warnings.join("; ") });
  } catch (error) {
    const message = `failed to build inventory for ${namespace}/${name}: ${(error as Error).message}`;
    pass.run.event({ severity: "error", reason: helmReasons.inventoryBuildFailed, message });
  }
}

function succeed(pass: ReleasePass, action: "install" | "upgrade"): void {
  const { object, status, ports } = pass;
  const latest = latestOf(status.history);
  if (!latest) return;
  const reason = action === "install" ? helmReasons.installSucceeded : helmReasons.upgradeSucceeded;
  const message = messages.succeeded(action, latest);
  mark(pass, helmConditionTypes.released, "True", reason, message);
  if (object.spec.test?.enable && !hasBeenTested(latest))
    mark(pass, helmConditionTypes.testSuccess, "Unknown", helmReasons.awaitingTests, messages.awaitingTests(latest));
  if (retryIntervalFor(action, object, ports.settings) !== undefined) clearFailures(status);
  announce(pass, "info", reason, message, latest);
}

function fail(
  pass: ReleasePass,
  action: "install" | "upgrade",
  { error, written, log, isCancelled }: ActionRun,
): ActionEnd {
  const { status, target, chart } = pass;
  const why = error?.message ?? "";
  const reason = action === "install" ? helmReasons.installFailed : helmReasons.upgradeFailed;
  const message = messages.deployFailed(action, target, chart, why);
  mark(pass, helmConditionTypes.released, "False", reason, message);
  if (isCancelled) return { kind: "cancelled" };
  status.failures = (status.failures ?? 0) + 1;
  announce(pass, "error", reason, withLog(message, log), wantedFacts(pass));
  if (written.size === 0) return { kind: "errored", error: error as Error };
  if (action === "install") status.installFailures = (status.installFailures ?? 0) + 1;
  else status.upgradeFailures = (status.upgradeFailures ?? 0) + 1;
  return { kind: "done" };
}
