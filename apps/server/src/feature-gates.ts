import { EddyError } from "@eddy/core/errors";

/** Upstream's gates that change something here, with their defaults. Source: flux2.md 3.4. */
const honoured: Readonly<Record<string, boolean>> = {
  StrictPostBuildSubstitutions: true,
  DisableFailFastBehavior: false,
};

/** Upstream's gates about how upstream works inside: setting them is accepted, and changes nothing here. */
const withoutEffect: ReadonlySet<string> = new Set([
  "CacheSecretsAndConfigMaps",
  "CancelHealthCheckOnNewRevision",
  "DirectSourceFetch",
  "DisableStatusPollerCache",
  "GroupChangeLog",
]);

/** Upstream's gates that stand for something that is not built. */
const notBuilt: ReadonlySet<string> = new Set([
  "AdditiveCELDependencyCheck",
  "DisableConfigWatchers",
  "ExternalArtifact",
  "MigrateAPIVersion",
  "ObjectLevelWorkloadIdentity",
]);

/** Whether each honoured gate is on. */
export type FeatureGates = Readonly<Record<"StrictPostBuildSubstitutions" | "DisableFailFastBehavior", boolean>>;

/**
 * Reads `--feature-gates`, entries like `Name=true`.
 * @throws EddyError INVALID_OPTION (terminal) for an entry of another form, an unknown gate, or one that is not built.
 */
export function parseFeatureGates(entries: readonly string[]): FeatureGates {
  const gates: Record<string, boolean> = { ...honoured };
  for (const entry of entries) {
    const [, name = "", value] = /^(\w+)=(true|false)$/.exec(entry) ?? [];
    if (value === undefined)
      throw invalid(`read feature gate ${JSON.stringify(entry)}: want "<name>=true" or "<name>=false"`);
    if (Object.hasOwn(honoured, name)) gates[name] = value === "true";
    else if (notBuilt.has(name) && value === "true") throw invalid(`feature gate ${JSON.stringify(name)} is not built`);
    else if (!notBuilt.has(name) && !withoutEffect.has(name)) throw invalid(`unrecognized feature gate: ${name}`);
  }
  return gates as FeatureGates;
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_OPTION", message, { class: "terminal" });
}
