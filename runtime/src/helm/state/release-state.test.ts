import { describe, expect, test } from "vitest";
import { withStatus, type Release } from "../record/release.ts";
import { determineReleaseState } from "./determine-release-state.ts";
import { snapshotOf, valuesDigest } from "./release-digest.ts";
import { actionOf, type ReleaseObservation, type ReleaseSnapshot, type ReleaseStateName } from "./release-state.ts";

const deployed: Release = {
  name: "web",
  namespace: "ns",
  version: 1,
  info: { status: "deployed", first_deployed: "2026-01-01T00:00:00Z", last_deployed: "2026-01-01T00:00:00Z" },
  chart: {
    metadata: { name: "demo", version: "1.0.0" },
    lock: null,
    templates: null,
    values: null,
    schema: null,
    files: null,
  },
  config: { replicas: 1 },
  manifest: "---\n",
  hooks: [{ name: "web-test", events: ["test"], last_run: { phase: "" } }],
  labels: {},
};
const seen = snapshotOf(deployed);
const tested = (phase: string): ReleaseSnapshot => ({ ...seen, testHooks: { "web-test": { phase } } });
const desired = { chartName: "demo", chartVersion: "1.0.0", configDigest: valuesDigest({ replicas: 1 }) };
const tests = { ignoreFailures: false };
const none = { postRenderers: "", commonMetadata: "" };

interface Case extends Partial<ReleaseObservation> {
  name: string;
  want: ReleaseStateName;
  reason?: string;
}

const cases: Case[] = [
  {
    name: "storage is empty",
    stored: undefined,
    seen: undefined,
    want: "Absent",
    reason: "no release in storage for object",
  },
  {
    name: "it disappeared from storage",
    stored: undefined,
    want: "Absent",
    reason: "no release in storage for object",
  },
  {
    name: "it was uninstalled with its history kept, and never seen",
    stored: withStatus(deployed, "uninstalled"),
    seen: undefined,
    want: "Absent",
    reason: "found uninstalled release in storage",
  },
  {
    name: "it was uninstalled as it was seen",
    stored: withStatus(deployed, "uninstalled"),
    seen: snapshotOf(withStatus(deployed, "uninstalled")),
    want: "Absent",
    reason: "found uninstalled release in storage",
  },
  ...(["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"] as const).map((status): Case => ({
    name: `an operation died: ${status}`,
    stored: withStatus(deployed, status),
    want: "Locked",
    reason: `release with status '${status}'`,
  })),
  {
    name: "it exists and was never seen",
    seen: undefined,
    want: "Unmanaged",
    reason: "found existing release in storage",
  },
  {
    name: "somebody else upgraded it",
    stored: { ...deployed, version: 2 },
    want: "Unmanaged",
    reason: "release not observed to be made for object",
  },
  {
    name: "somebody wrote its record",
    stored: { ...deployed, manifest: "" },
    want: "Unmanaged",
    reason: "release not observed to be made for object",
  },
  {
    name: "the snapshot has no digest that can be read",
    seen: { ...seen, digest: "none" },
    want: "Unmanaged",
    reason: "release digest verification error",
  },
  {
    name: "a snapshot of an older controller is believed",
    seen: { ...seen, apiVersion: "v1", digest: "" },
    want: "InSync",
  },
  {
    name: "the digest of its OCI artifact is part of what was seen",
    seen: { ...seen, ociDigest: "sha256:ab" },
    want: "Unmanaged",
    reason: "release not observed to be made for object",
  },
  { name: "somebody ran the tests by hand", stored: { ...deployed, hooks: [] }, want: "InSync" },
  {
    name: "the last operation failed",
    stored: withStatus(deployed, "failed"),
    seen: snapshotOf(withStatus(deployed, "failed")),
    want: "Failed",
  },
  {
    name: "another version of the chart is wanted",
    desired: { ...desired, chartVersion: "2.0.0" },
    want: "OutOfSync",
    reason: "release chart changed",
  },
  {
    name: "another chart is wanted",
    desired: { ...desired, chartName: "other" },
    want: "OutOfSync",
    reason: "release chart changed",
  },
  {
    name: "other values are wanted",
    desired: { ...desired, configDigest: valuesDigest({ replicas: 3 }) },
    want: "OutOfSync",
    reason: "release config values changed",
  },
  {
    name: "other post-renderers are wanted",
    overlays: { desired: { ...none, postRenderers: "sha256:1" }, observed: none },
    want: "OutOfSync",
    reason: "postrenderers digest has changed",
  },
  {
    name: "other common metadata is wanted",
    overlays: { desired: none, observed: { ...none, commonMetadata: "sha256:1" } },
    want: "OutOfSync",
    reason: "common metadata digest has changed",
  },
  { name: "the upgrade is forced", isForced: true, want: "OutOfSync", reason: "upgrade is forced" },
  { name: "tests are wanted and have not run", tests, want: "Untested" },
  { name: "tests are wanted, and there are none", tests, seen: { ...seen, testHooks: {} }, want: "InSync" },
  { name: "tests have passed", tests, seen: tested("Succeeded"), want: "InSync" },
  {
    name: "a test has failed",
    tests,
    seen: tested("Failed"),
    want: "Failed",
    reason: "release has test in failed phase",
  },
  {
    name: "a test has failed, which does not count",
    tests: { ignoreFailures: true },
    seen: tested("Failed"),
    want: "InSync",
  },
  { name: "objects are not as the manifest says", hasDrifted: true, want: "Drifted" },
  {
    name: "an upgrade counts for more than a drift",
    hasDrifted: true,
    isForced: true,
    want: "OutOfSync",
    reason: "upgrade is forced",
  },
  { name: "nothing differs", want: "InSync" },
];

describe("determineReleaseState()", () => {
  test.each(cases)("$name: $want", ({ name: _name, want, reason = "", ...changes }) => {
    const observation: ReleaseObservation = { stored: deployed, seen, desired, ...changes };
    expect(determineReleaseState(observation)).toEqual({ name: want, reason });
    expect(actionOf[want]).toBeDefined();
  });

  test("a status that says nothing is no state", () => {
    const stored = withStatus(deployed, "unknown");
    expect(() => determineReleaseState({ stored, seen: snapshotOf(stored), desired })).toThrow(
      "unable to determine state for release with status 'unknown'",
    );
  });
});
