import { expect, test } from "vitest";
import { parseFeatureGates } from "./feature-gates.ts";

test.each([
  { entries: [], want: { StrictPostBuildSubstitutions: true, DisableFailFastBehavior: false } },
  {
    entries: ["StrictPostBuildSubstitutions=false"],
    want: { StrictPostBuildSubstitutions: false, DisableFailFastBehavior: false },
  },
  {
    entries: ["GroupChangeLog=true", "DisableFailFastBehavior=true"],
    want: { StrictPostBuildSubstitutions: true, DisableFailFastBehavior: true },
  },
  {
    entries: ["ObjectLevelWorkloadIdentity=false"],
    want: { StrictPostBuildSubstitutions: true, DisableFailFastBehavior: false },
  },
])("$entries", ({ entries, want }) => {
  expect(parseFeatureGates(entries)).toEqual(want);
});

test.each([
  ["ObjectLevelWorkloadIdentity=true", 'feature gate "ObjectLevelWorkloadIdentity" is not built'],
  ["Nonsense=true", "unrecognized feature gate: Nonsense"],
  ["GroupChangeLog", 'read feature gate "GroupChangeLog": want "<name>=true" or "<name>=false"'],
  ["toString=true", "unrecognized feature gate: toString"],
])("%s is refused", (entry, want) => {
  expect(() => parseFeatureGates([entry])).toThrow(want);
});
