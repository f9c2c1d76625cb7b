import type { ReleaseSnapshot } from "@eddy/api";
import { fullReleaseName, versionedChartName } from "./history.ts";

/** A chart as failures name it. */
export interface ChartName {
  name: string;
  version: string;
}

/** What a HelmRelease says, word for word. Source: helm-controller internal/reconcile, v1.6. */
export const messages: {
  succeeded(action: "install" | "upgrade" | "uninstall", snapshot: ReleaseSnapshot): string;
  deployFailed(
    action: "install" | "upgrade",
    target: { namespace: string; name: string },
    chart: ChartName,
    why: string,
  ): string;
  uninstallFailed(snapshot: ReleaseSnapshot, why: string): string;
  awaitingTests(snapshot: ReleaseSnapshot): string;
  tested(snapshot: ReleaseSnapshot): string;
  testFailed(snapshot: ReleaseSnapshot, why: string): string;
  rolledBack(previous: ReleaseSnapshot): string;
  rollbackFailed(previous: ReleaseSnapshot, why: string): string;
  uninstallRemediated(snapshot: ReleaseSnapshot): string;
  uninstallRemediationFailed(snapshot: ReleaseSnapshot, why: string): string;
  unlocked(snapshot: ReleaseSnapshot, state: string): string;
  unlockFailed(snapshot: ReleaseSnapshot, state: string, why: string): string;
  running(action: string, timeout: string): string;
  gaveUp(action: string, attempts: number): string;
} = {
  succeeded: (action, snapshot) =>
    `Helm ${action} succeeded for release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)}`,
  deployFailed: (action, target, chart, why) =>
    `Helm ${action} failed for release ${target.namespace}/${target.name} with chart ${chart.name}@${chart.version}: ${why.trim()}`,
  uninstallFailed: (snapshot, why) =>
    `Helm uninstall failed for release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)}: ${why.trim()}`,
  awaitingTests: (snapshot) =>
    `Helm release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)} is awaiting tests`,
  tested(snapshot) {
    const count = Object.keys(snapshot.testHooks ?? {}).length;
    const hooks = count === 0 ? "no test hooks" : `${count} test hook${count > 1 ? "s" : ""} completed successfully`;
    return `Helm test succeeded for release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)}: ${hooks}`;
  },
  testFailed: (snapshot, why) =>
    `Helm test failed for release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)}: ${why.trim()}`,
  rolledBack: (previous) =>
    `Helm rollback to previous release ${fullReleaseName(previous)} with chart ${versionedChartName(previous)} succeeded`,
  rollbackFailed: (previous, why) =>
    `Helm rollback to previous release ${fullReleaseName(previous)} with chart ${versionedChartName(previous)} failed: ${why.trim()}`,
  uninstallRemediated: (snapshot) =>
    `Helm uninstall remediation for release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)} succeeded`,
  uninstallRemediationFailed: (snapshot, why) =>
    `Helm uninstall remediation for release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)} failed: ${why.trim()}`,
  unlocked: (snapshot, state) =>
    `Unlocked Helm release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)} in ${state} state`,
  unlockFailed: (snapshot, state, why) =>
    `Unlock of Helm release ${fullReleaseName(snapshot)} with chart ${versionedChartName(snapshot)} in ${state} state failed: ${why.trim()}`,
  running: (action, timeout) => `Running '${action}' action with timeout of ${timeout}`,
  gaveUp: (action, attempts) => `Failed to ${action} after ${attempts} attempt(s)`,
};
