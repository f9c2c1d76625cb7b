import { helmConditionTypes, helmReasons } from "@eddy/api";
import { findCondition, isTrue } from "@eddy/core/conditions";
import { formatDrift } from "./drift/report-drift.ts";
import { fullReleaseName, latestOf } from "./history.ts";
import { messages } from "./messages.ts";
import { isDriftWanted, type ObservedState } from "./observe-state.ts";
import { mark, type ReleasePass } from "./release-pass.ts";

/**
 * Sets the conditions of a release that nothing is to be done about: what failed once, or was rolled back to what is wanted now,
 * has succeeded; and whether the cluster differs, where that was looked at.
 */
export function markInStep(pass: ReleasePass, { state, drift }: ObservedState): void {
  if (state.name === "InSync") {
    succeedAfterRemediation(pass);
    succeedAfterFailure(pass);
  }
  if (!isDriftWanted(pass)) return;
  if (drift && state.name === "Drifted") return reportDrift(pass, { state, drift });
  mark(
    pass,
    helmConditionTypes.drifted,
    "False",
    helmReasons.noDriftDetected,
    "No drift detected against the cluster state",
  );
}

/** Says in a condition and an event what differs. */
export function reportDrift(pass: ReleasePass, { drift = [] }: Pick<ObservedState, "drift" | "state">): void {
  const latest = latestOf(pass.status.history);
  if (!latest) return;
  const message = `Cluster state of release ${fullReleaseName(latest)} has drifted from the desired state:\n${formatDrift(drift)}`;
  pass.run.event({ severity: "error", reason: helmReasons.driftDetected, message });
  mark(pass, helmConditionTypes.drifted, "True", helmReasons.driftDetected, message);
}

/** A rollback that led to what is wanted now is as good as an upgrade. */
export function succeedAfterRemediation(pass: ReleasePass): void {
  const latest = latestOf(pass.status.history);
  if (!latest || !isTrue(pass.run.conditions, helmConditionTypes.remediated)) return;
  pass.run.removeCondition(helmConditionTypes.remediated);
  const message = messages.succeeded("upgrade", latest);
  mark(pass, helmConditionTypes.released, "True", helmReasons.upgradeSucceeded, message);
}

function succeedAfterFailure(pass: ReleasePass): void {
  const latest = latestOf(pass.status.history);
  const released = findCondition(pass.run.conditions, helmConditionTypes.released);
  if (!latest || released?.status === "True") return;
  const isInstall = released ? released.reason === helmReasons.installFailed : latest.action === "install";
  const reason = isInstall ? helmReasons.installSucceeded : helmReasons.upgradeSucceeded;
  mark(
    pass,
    helmConditionTypes.released,
    "True",
    reason,
    messages.succeeded(isInstall ? "install" : "upgrade", latest),
  );
}
