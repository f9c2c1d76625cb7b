import type { Clock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import { parseSelector } from "@eddy/core/labels";
import type { HelmReleaseSettings } from "@eddy/helm-controller";
import { defaultSettings, type ControllerSettings } from "@eddy/runtime/controller";
import type { KustomizationSettings } from "@eddy/kustomize-controller";
import type { ArtifactStoreOptions } from "@eddy/runtime/artifact";
import { parseFeatureGates } from "./feature-gates.ts";
import type { LeaseSettings } from "./leadership.ts";
import type { ServerOptions } from "./options.ts";

/** The namespace of an installation unless it says otherwise. */
export const defaultNamespace = "flux-system";

/**
 * What the flags mean to every controller.
 * @throws EddyError INVALID_SELECTOR, INVALID_OPTION (terminal).
 */
export function controllerSettings(options: ServerOptions): ControllerSettings {
  const labelSelector = options.watchLabelSelector ?? "";
  parseSelector(labelSelector);
  const settings: ControllerSettings = {
    concurrent: options.concurrent ?? defaultSettings.concurrent,
    intervalJitterPercentage: options.intervalJitterPercentage ?? defaultSettings.intervalJitterPercentage,
    requeueDependencyMs: options.requeueDependencyMs ?? defaultSettings.requeueDependencyMs,
    minRetryDelayMs: options.minRetryDelayMs ?? defaultSettings.minRetryDelayMs,
    maxRetryDelayMs: options.maxRetryDelayMs ?? defaultSettings.maxRetryDelayMs,
    namespace: options.watchAllNamespaces === false ? (options.runtimeNamespace ?? defaultNamespace) : "",
    labelSelector,
    noCrossNamespaceRefs: options.noCrossNamespaceRefs ?? false,
  };
  if (settings.concurrent < 1) throw invalid("concurrent must be 1 or more");
  if (settings.intervalJitterPercentage < 0 || settings.intervalJitterPercentage > 100)
    throw invalid("interval jitter must be between 0 and 100");
  return settings;
}

/**
 * What the flags mean to Kustomizations.
 * @throws EddyError INVALID_OPTION (terminal).
 */
export function kustomizationSettings(options: ServerOptions): Partial<KustomizationSettings> {
  const gates = parseFeatureGates(options.featureGates ?? []);
  const malformed = options.customApplyStageKinds?.find((kind) => !/^[^/]+\/[^/]+$/.test(kind));
  if (malformed !== undefined)
    throw invalid(`custom apply stage kind ${JSON.stringify(malformed)} must be "<group>/<Kind>"`);
  return {
    noCrossNamespaceRefs: options.noCrossNamespaceRefs ?? false,
    defaultServiceAccount: options.defaultServiceAccount ?? "",
    defaultKubeconfigServiceAccount: options.defaultKubeconfigServiceAccount ?? "",
    insecureKubeconfigExec: options.insecureKubeconfigExec ?? false,
    insecureKubeconfigTls: options.insecureKubeconfigTls ?? false,
    defaultDecryptionServiceAccount: options.defaultDecryptionServiceAccount ?? "",
    sopsAgeSecret: ownObject(options.sopsAgeSecret, options),
    sopsVaultConfigMap: ownObject(options.sopsVaultConfigmap, options),
    sopsIgnoreMac: options.sopsIgnoreMac ?? false,
    ...pruneBudget(options),
    requeueDependencyMs: options.requeueDependencyMs ?? defaultSettings.requeueDependencyMs,
    overrideManagers: options.overrideManager ?? [],
    customStageKinds: new Set(options.customApplyStageKinds),
    strictSubstitutions: gates.StrictPostBuildSubstitutions,
    failFast: !gates.DisableFailFastBehavior,
    allowExternalArtifact: gates.ExternalArtifact,
    additiveDependencyCheck: gates.AdditiveCELDependencyCheck,
    ...(options.concurrentSsa === undefined ? {} : { concurrentSsa: options.concurrentSsa }),
  };
}

function pruneBudget(options: ServerOptions): Partial<KustomizationSettings> {
  const { pruneBudgetPercent: percent, pruneBudgetObjects: objects } = options;
  if (percent !== undefined && (percent < 0 || percent > 100))
    throw invalid("prune budget must be between 0 and 100 percent");
  return {
    ...(percent === undefined ? {} : { pruneBudgetPercent: percent }),
    ...(objects === undefined ? {} : { pruneBudgetObjects: objects }),
  };
}

/** An object beside this process. */
function ownObject(name: string | undefined, options: ServerOptions): { namespace: string; name: string } | undefined {
  return name ? { namespace: options.runtimeNamespace ?? defaultNamespace, name } : undefined;
}

/**
 * What the flags mean to HelmReleases.
 * @throws EddyError INVALID_OPTION (terminal).
 */
export function helmReleaseSettings(options: ServerOptions): Partial<HelmReleaseSettings> {
  const gates = parseFeatureGates(options.featureGates ?? []);
  return {
    noCrossNamespaceRefs: options.noCrossNamespaceRefs ?? false,
    defaultServiceAccount: options.defaultServiceAccount ?? "",
    defaultKubeconfigServiceAccount: options.defaultKubeconfigServiceAccount ?? "",
    insecureKubeconfigExec: options.insecureKubeconfigExec ?? false,
    insecureKubeconfigTls: options.insecureKubeconfigTls ?? false,
    requeueDependencyMs: options.requeueDependencyMs ?? defaultSettings.requeueDependencyMs,
    overrideManagers: options.overrideManager ?? [],
    allowExternalArtifact: gates.ExternalArtifact,
    additiveDependencyCheck: gates.AdditiveCELDependencyCheck,
    defaultToRetryOnFailure: gates.DefaultToRetryOnFailure,
    cancelWaitOnRequest: gates.CancelHealthCheckOnNewRevision,
    trackChartDigest: !gates.DisableChartDigestTracking,
    helm3Defaults: gates.UseHelm3Defaults,
    retryExhausted: gates.RetryExhaustedReleases,
  };
}

/** What the flags mean to the store of artifacts, which is served at `url`. */
export function artifactOptions(options: ServerOptions, url: string, clock: Clock): ArtifactStoreOptions {
  const { artifactDigestAlgo, artifactRetentionRecords, artifactRetentionTtlMs } = options;
  return {
    storagePath: options.storagePath,
    advertisedAddress: options.storageAdvAddr || url,
    clock,
    ...(artifactDigestAlgo === undefined ? {} : { digestAlgorithm: artifactDigestAlgo }),
    ...(artifactRetentionRecords === undefined ? {} : { retentionRecords: artifactRetentionRecords }),
    ...(artifactRetentionTtlMs === undefined ? {} : { retentionTtlMs: artifactRetentionTtlMs }),
  };
}

/**
 * The Lease that a process stands for, or undefined where it need not. At rest a process does hardly more than renew it: less often
 * than it would try again, with two attempts more before the deadline.
 */
export function leaseSettings(options: ServerOptions, labelSelector: string): LeaseSettings | undefined {
  if (!options.enableLeaderElection) return undefined;
  const leaseDurationMs = options.leaderElectionLeaseDurationMs ?? 35_000;
  const renewDeadlineMs = options.leaderElectionRenewDeadlineMs ?? 30_000;
  const retryPeriodMs = options.leaderElectionRetryPeriodMs ?? 5_000;
  if (leaseDurationMs <= renewDeadlineMs)
    throw invalid("leader election lease duration must be longer than renew deadline");
  if (renewDeadlineMs <= retryPeriodMs)
    throw invalid("leader election renew deadline must be longer than retry period");
  return {
    namespace: options.runtimeNamespace ?? defaultNamespace,
    name: leaseName(labelSelector),
    leaseDurationMs,
    renewDeadlineMs,
    retryPeriodMs,
    renewPeriodMs: Math.max(retryPeriodMs, renewDeadlineMs * 0.6),
    releaseOnStop: options.leaderElectionReleaseOnCancel ?? true,
  };
}

/** Name of the Lease; processes that watch other labels have another one. Source: flux2.md 3.12. */
export function leaseName(watchLabelSelector: string): string {
  const name = "eddy-leader-election";
  return watchLabelSelector === "" ? name : `${name}-${sha256(watchLabelSelector).slice(0, 8)}`;
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_OPTION", message, { class: "terminal" });
}
