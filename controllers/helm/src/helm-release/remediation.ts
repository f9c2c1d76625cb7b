import type { HelmRelease, HelmReleaseStatus, RemediationStrategy } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";

const defaultRetryIntervalMs = 300_000;

/** What is done about failures of one action. */
export interface Remediation {
  /** Further attempts; -1: without end. */
  retries: number;
  /** Failures of the action since something last changed. */
  failures: number;
  isExhausted: boolean;
  ignoreTestFailures: boolean;
  remediateLastFailure: boolean;
  strategy: RemediationStrategy;
  /** The action that it is about. */
  action: "install" | "upgrade";
}

/** What a spec says about failures of an action. */
export function remediationFor(
  action: "install" | "upgrade",
  { spec }: Pick<HelmRelease, "spec">,
  status: HelmReleaseStatus,
): Remediation {
  const remediation = spec[action]?.remediation ?? {};
  const { retries = 0, ignoreTestFailures = spec.test?.ignoreFailures ?? false } = remediation;
  const failures = (action === "install" ? status.installFailures : status.upgradeFailures) ?? 0;
  const { remediateLastFailure = action === "upgrade" && retries > 0 } = remediation;
  return {
    retries,
    failures,
    isExhausted: retries >= 0 && failures > retries,
    ignoreTestFailures,
    remediateLastFailure,
    strategy: action === "install" ? "uninstall" : (spec.upgrade?.remediation?.strategy ?? "rollback"),
    action,
  };
}

/** What is done about failures of the action that was last tried; undefined before any was. */
export function activeRemediation(
  object: Pick<HelmRelease, "spec">,
  status: HelmReleaseStatus,
): Remediation | undefined {
  const action = status.lastAttemptedReleaseAction;
  return action && remediationFor(action, object, status);
}

/** How the default of `spec.install.strategy` and `spec.upgrade.strategy` is decided. */
export interface RetryDefaults {
  /** Gate `DefaultToRetryOnFailure`. */
  defaultToRetryOnFailure: boolean;
}

/** How soon a failed action is tried again instead of being remediated; undefined: it is remediated. */
export function retryIntervalFor(
  action: "install" | "upgrade",
  { spec }: Pick<HelmRelease, "spec">,
  { defaultToRetryOnFailure }: RetryDefaults,
): number | undefined {
  const strategy = spec[action]?.strategy;
  const name = strategy?.name ?? (defaultToRetryOnFailure ? "RetryOnFailure" : "RemediateOnFailure");
  if (name !== "RetryOnFailure") return undefined;
  return strategy?.retryInterval === undefined ? defaultRetryIntervalMs : parseDuration(strategy.retryInterval);
}

/** The same for the action that was last tried. */
export function activeRetryInterval(
  object: Pick<HelmRelease, "spec">,
  status: HelmReleaseStatus,
  defaults: RetryDefaults,
): number | undefined {
  const action = status.lastAttemptedReleaseAction;
  return action && retryIntervalFor(action, object, defaults);
}
