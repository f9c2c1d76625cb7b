import { EddyError } from "@eddy/core/errors";

/** Whether each gate that changes something here is on. Source: flux2.md 3.4, 3.6. */
export interface FeatureGates {
  StrictPostBuildSubstitutions: boolean;
  DisableFailFastBehavior: boolean;
  /** Kustomizations and HelmReleases take ExternalArtifacts. */
  ExternalArtifact: boolean;
  /** A dependency with a `readyExpr` must be ready besides. */
  AdditiveCELDependencyCheck: boolean;
  CancelHealthCheckOnNewRevision: boolean;
  DefaultToRetryOnFailure: boolean;
  DisableChartDigestTracking: boolean;
  /** Sources log in to clouds as a ServiceAccount of their namespace. */
  ObjectLevelWorkloadIdentity: boolean;
  UseHelm3Defaults: boolean;
  /** Eddy's own: a HelmRelease whose retries are used up is tried again, ever more slowly. */
  RetryExhaustedReleases: boolean;
}

const defaults: Readonly<FeatureGates> = {
  StrictPostBuildSubstitutions: true,
  DisableFailFastBehavior: false,
  ExternalArtifact: false,
  AdditiveCELDependencyCheck: false,
  CancelHealthCheckOnNewRevision: false,
  DefaultToRetryOnFailure: false,
  DisableChartDigestTracking: false,
  ObjectLevelWorkloadIdentity: false,
  UseHelm3Defaults: false,
  RetryExhaustedReleases: false,
};

/** Upstream's gates about how upstream works inside: setting them is accepted, and changes nothing here. */
const withoutEffect: ReadonlySet<string> = new Set([
  "AdoptLegacyReleases",
  "CacheSecretsAndConfigMaps",
  "CorrectDrift",
  "DetectDrift",
  "DirectSourceFetch",
  "DisableStatusPollerCache",
  "GitAllBranchReferences",
  "GitForcePushBranch",
  "GitShallowClone",
  "GitSparseCheckout",
  "GroupChangeLog",
]);

/** Upstream's gates that stand for something that is not built, and what there is instead. */
const notBuilt: Readonly<Record<string, string>> = {
  AllowDNSLookups: "templates look up no names; give the address as a value",
  DisableConfigWatchers: "ConfigMaps and Secrets that objects name are watched",
  MigrateAPIVersion: "the fields of older versions are left to the API server",
  OOMWatch: "let the container be restarted at its memory limit; nothing is lost by that",
};

/**
 * Reads `--feature-gates`, entries like `Name=true`.
 * @throws EddyError INVALID_OPTION (terminal) for an entry of another form, an unknown gate, or one that is not built.
 */
export function parseFeatureGates(entries: readonly string[]): FeatureGates {
  const gates: FeatureGates = { ...defaults };
  for (const entry of entries) {
    const [, name = "", value] = /^(\w+)=(true|false)$/.exec(entry) ?? [];
    if (value === undefined)
      throw invalid(`read feature gate ${JSON.stringify(entry)}: want "<name>=true" or "<name>=false"`);
    if (Object.hasOwn(defaults, name)) gates[name as keyof FeatureGates] = value === "true";
    else if (Object.hasOwn(notBuilt, name)) {
      if (value === "true") throw invalid(`feature gate ${JSON.stringify(name)} is not built: ${notBuilt[name]}`);
    } else if (!withoutEffect.has(name)) throw invalid(`unrecognized feature gate: ${name}`);
  }
  return gates;
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_OPTION", message, { class: "terminal" });
}
