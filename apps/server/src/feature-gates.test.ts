import { expect, test } from "vitest";
import { parseFeatureGates } from "./feature-gates.ts";

test.each([
  { entries: [], want: {} },
  { entries: ["StrictPostBuildSubstitutions=false"], want: { StrictPostBuildSubstitutions: false } },
  { entries: ["GroupChangeLog=true", "DisableFailFastBehavior=true"], want: { DisableFailFastBehavior: true } },
  { entries: ["ObjectLevelWorkloadIdentity=false"], want: {} },
  { entries: ["ObjectLevelWorkloadIdentity=true"], want: { ObjectLevelWorkloadIdentity: true } },
  { entries: ["ExternalArtifact=true"], want: { ExternalArtifact: true } },
  { entries: ["RetryExhaustedReleases=true"], want: { RetryExhaustedReleases: true } },
])("$entries", ({ entries, want }) => {
  const { StrictPostBuildSubstitutions, ...others } = parseFeatureGates([]);
  expect(StrictPostBuildSubstitutions).toBe(true);
  expect(Object.values(others)).not.toContain(true);
  expect(parseFeatureGates(entries)).toEqual({ StrictPostBuildSubstitutions, ...others, ...want });
});

test.each([
  ["MigrateAPIVersion=true", 'feature gate "MigrateAPIVersion" is not built'],
  ["Nonsense=true", "unrecognized feature gate: Nonsense"],
  ["GroupChangeLog", 'read feature gate "GroupChangeLog": want "<name>=true" or "<name>=false"'],
  ["toString=true", "unrecognized feature gate: toString"],
])("%s is refused", (entry, want) => {
  expect(() => parseFeatureGates([entry])).toThrow(want);
});
