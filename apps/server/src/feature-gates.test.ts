import { expect, test } from "vitest";
import { parseFeatureGates } from "./feature-gates.ts";

test.each([
  { entries: [], want: {} },
  { entries: ["StrictPostBuildSubstitutions=false"], want: { StrictPostBuildSubstitutions: false } },
  { entries: ["GroupChangeLog=true", "DisableFailFastBehavior=true"], want: { DisableFailFastBehavior: true } },
  { entries: ["ObjectLevelWorkloadIdentity=false"], want: {} },
  { entries: ["ObjectLevelWorkloadIdentity=true"], want: { ObjectLevelWorkloadIdentity: true } },
  { entries: ["ExternalArtifact=true"], want: { ExternalArtifact: true } },
  { entries: ["AdditiveCELDependencyCheck=true"], want: { AdditiveCELDependencyCheck: true } },
  { entries: ["AllowDNSLookups=false", "OOMWatch=false"], want: {} },
  { entries: ["RetryExhaustedReleases=true"], want: { RetryExhaustedReleases: true } },
])("$entries", ({ entries, want }) => {
  const { StrictPostBuildSubstitutions, ...others } = parseFeatureGates([]);
  expect(StrictPostBuildSubstitutions).toBe(true);
  expect(Object.values(others)).not.toContain(true);
  expect(parseFeatureGates(entries)).toEqual({ StrictPostBuildSubstitutions, ...others, ...want });
});

test.each([
  ["MigrateAPIVersion=true", 'feature gate "MigrateAPIVersion" is not built: the fields of older versions'],
  ["AllowDNSLookups=true", 'feature gate "AllowDNSLookups" is not built: templates look up no names'],
  ["DisableConfigWatchers=true", 'feature gate "DisableConfigWatchers" is not built: ConfigMaps and Secrets'],
  ["OOMWatch=true", 'feature gate "OOMWatch" is not built: let the container be restarted'],
  ["Nonsense=true", "unrecognized feature gate: Nonsense"],
  ["GroupChangeLog", 'read feature gate "GroupChangeLog": want "<name>=true" or "<name>=false"'],
  ["toString=true", "unrecognized feature gate: toString"],
])("%s is refused", (entry, want) => {
  expect(() => parseFeatureGates([entry])).toThrow(want);
});
