import { describe, expect, test } from "vitest";
import type { HelmRelease, HelmReleaseSpec, HelmReleaseStatus, ReleaseSnapshot } from "@eddy/api";
import { fakeClock } from "@eddy/core/clock";
import type { Condition } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";
import type { ReleaseState, ReleaseStateName } from "@eddy/runtime/helm";
import { determineFailureReset, isRequested } from "./attempt.ts";
import { determineChartDisposal, isChartInSync } from "./chart-template.ts";
import { trackChartVersion } from "./chart-version.ts";
import { hasBeenTested, limitHistory, previousOf, truncateHistory } from "./history.ts";
import { createLogBuffer } from "./log-buffer.ts";
import { overlayDigestsOf } from "./overlay-digests.ts";
import { determinePassEnd, planAction, planRollback, type LoopStop } from "./plan-action.ts";
import { testHooksOf } from "./record-history.ts";
import { determineTargetChange, mustReinstall, targetOf } from "./release-target.ts";
import { determineUnreadiness } from "./resolve-source.ts";
import { summarizeConditions } from "./summarize.ts";

function release(spec: Partial<HelmReleaseSpec> = {}, metadata: Partial<HelmRelease["metadata"]> = {}): HelmRelease {
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name: "web", namespace: "team", generation: 2, ...metadata },
    spec: { interval: "10m", ...spec },
  };
}

function snapshot(version: number, status = "deployed", more: Partial<ReleaseSnapshot> = {}): ReleaseSnapshot {
  const time = "2026-01-01T00:00:00Z";
  return {
    apiVersion: "v2",
    digest: `sha256:${version}`,
    name: "web",
    namespace: "team",
    version,
    status,
    chartName: "app",
    chartVersion: "1.0.0",
    configDigest: "sha256:c",
    firstDeployed: time,
    lastDeployed: time,
    ...more,
  };
}

const failedTest = { testHooks: { smoke: { phase: "Failed" } } };
const versions = (history: readonly ReleaseSnapshot[]): number[] => history.map(({ version }) => version);

test.each<[Partial<HelmReleaseSpec>, string]>([
  [{}, "team/web in team"],
  [{ targetNamespace: "apps" }, "apps/apps-web in team"],
  [{ targetNamespace: "apps", releaseName: "x", storageNamespace: "store" }, "apps/x in store"],
  [{ targetNamespace: "a".repeat(60) }, `${"a".repeat(60)}/${"a".repeat(40)}-46ae90219dae in team`],
])("targetOf(%j) is %s", (spec, want) => {
  const { namespace, name, storageNamespace } = targetOf(release(spec));
  expect(`${namespace}/${name} in ${storageNamespace}`).toBe(want);
});

describe("determineTargetChange()", () => {
  const status: HelmReleaseStatus = { storageNamespace: "team", history: [snapshot(1)] };
  test.each<[string, Partial<HelmReleaseSpec>, HelmReleaseStatus, string, string | undefined]>([
    ["nothing moved", {}, status, "app", undefined],
    ["never released", { releaseName: "x" }, { storageNamespace: "team" }, "app", undefined],
    ["the storage", { storageNamespace: "store" }, status, "app", "storage namespace"],
    ["the namespace", { targetNamespace: "apps", releaseName: "web" }, status, "app", "release namespace"],
    ["the name", { releaseName: "x" }, status, "app", "release name"],
    ["the chart", {}, status, "other", "chart name"],
  ])("%s", (_name, spec, given, chart, want) => {
    expect(determineTargetChange(release(spec), given, chart)).toBe(want);
  });

  test("another chart is installed anew unless it may be upgraded to", () => {
    expect(mustReinstall("chart name", release())).toBe(true);
    const inPlace = release({ upgrade: { chartNameChangeStrategy: "InPlaceUpdate" } });
    expect(mustReinstall("chart name", inPlace)).toBe(false);
    expect(mustReinstall("release name", inPlace)).toBe(true);
  });
});

describe("history", () => {
  test("a rollback goes back to the newest good revision before the last", () => {
    const history = [
      snapshot(1, "superseded"),
      snapshot(4, "failed"),
      snapshot(3, "failed"),
      snapshot(2, "superseded", failedTest),
    ];
    expect(previousOf(history, { ignoreTests: true })?.version).toBe(2);
    expect(previousOf(history, { ignoreTests: false })?.version).toBe(1);
    expect(previousOf([snapshot(1)], { ignoreTests: false })).toBeUndefined();
  });

  test.each<[string, ReleaseSnapshot[], number[]]>([
    [
      "down to the good one",
      [snapshot(4), snapshot(3, "failed"), snapshot(2, "superseded"), snapshot(1, "superseded")],
      [4, 3, 2],
    ],
    [
      "the last five without one",
      Array.from({ length: 7 }, (_, index) => snapshot(index + 1, "failed")),
      [7, 6, 5, 4, 3],
    ],
    ["one stays", [snapshot(1)], [1]],
    ["tests count", [snapshot(3), snapshot(2, "superseded", failedTest), snapshot(1, "superseded")], [3, 2, 1]],
  ])("truncateHistory(): %s", (_name, history, want) => {
    expect(versions(truncateHistory(history, { ignoreTests: false }))).toEqual(want);
  });

  test("limitHistory() keeps the newest five, good or not", () => {
    expect(versions(limitHistory([1, 2, 3, 4, 5, 6].map((version) => snapshot(version))))).toEqual([6, 5, 4, 3, 2]);
  });

  test.each<[string, ReleaseSnapshot["testHooks"], boolean]>([
    ["never", undefined, false],
    ["there is none", {}, true],
    ["all succeeded", { a: { phase: "Succeeded" } }, true],
    ["one runs", { a: { phase: "Succeeded" }, b: { phase: "Running" } }, false],
    ["one failed", { a: { phase: "Failed" }, b: {} }, true],
  ])("hasBeenTested(): %s", (_name, testHooks, want) => {
    expect(hasBeenTested(snapshot(1, "deployed", testHooks ? { testHooks } : {}))).toBe(want);
  });

  test("only the selected tests are recorded", () => {
    const hook = (name: string, events: string[]): object => ({ name, events, last_run: { phase: "Succeeded" } });
    const stored = { hooks: [hook("a", ["test"]), hook("b", ["test"]), hook("c", ["pre-install"])] } as never;
    expect(Object.keys(testHooksOf(stored, []))).toEqual(["a", "b"]);
    expect(Object.keys(testHooksOf(stored, [{ name: "b" }]))).toEqual(["b"]);
    expect(Object.keys(testHooksOf(stored, [{ name: "b", exclude: true }]))).toEqual(["a"]);
  });
});

describe("planAction()", () => {
  const state = (name: ReleaseStateName): ReleaseState => ({ name, reason: "" });
  const installed: HelmReleaseStatus = { lastAttemptedReleaseAction: "install", history: [snapshot(1)] };
  const failedInstall: HelmReleaseStatus = { ...installed, installFailures: 1 };
  const failedUpgrade: HelmReleaseStatus = { ...installed, lastAttemptedReleaseAction: "upgrade", upgradeFailures: 1 };
  const retries = (count: number, more = {}): Partial<HelmReleaseSpec> => ({
    install: { remediation: { retries: count, ...more } },
    upgrade: { remediation: { retries: count, ...more } },
  });
  const retry = { strategy: { name: "RetryOnFailure" as const } };

  interface Case {
    name: string;
    state: ReleaseStateName;
    status?: HelmReleaseStatus;
    spec?: Partial<HelmReleaseSpec>;
    isForced?: boolean;
    byDefault?: boolean;
    want: string;
  }
  const cases: Case[] = [
    { name: "nothing there", state: "Absent", want: "install" },
    { name: "no attempts left", state: "Absent", status: failedInstall, want: "giveUp" },
    { name: "no attempts left, forced", state: "Absent", status: failedInstall, isForced: true, want: "install" },
    { name: "one attempt left", state: "Absent", status: failedInstall, spec: retries(1), want: "install" },
    { name: "attempts without end", state: "Absent", status: failedInstall, spec: retries(-1), want: "install" },
    { name: "locked", state: "Locked", want: "unlock" },
    { name: "somebody else's", state: "Unmanaged", want: "upgrade" },
    { name: "another chart", state: "OutOfSync", want: "upgrade" },
    { name: "another chart, no attempts left", state: "OutOfSync", status: failedUpgrade, want: "giveUp" },
    { name: "another chart, forced", state: "OutOfSync", status: failedUpgrade, isForced: true, want: "upgrade" },
    { name: "drift is only told", state: "Drifted", spec: { driftDetection: { mode: "warn" } }, want: "nothing" },
    { name: "drift is corrected", state: "Drifted", spec: { driftDetection: { mode: "enabled" } }, want: "correct" },
    { name: "not tested", state: "Untested", want: "test" },
    { name: "in step", state: "InSync", want: "nothing" },
    { name: "in step, forced", state: "InSync", isForced: true, want: "upgrade" },
    { name: "failed, by whom is not known", state: "Failed", want: "upgrade" },
    { name: "failed, and something changed since", state: "Failed", status: installed, want: "upgrade" },
    { name: "failed, no attempts left", state: "Failed", status: failedInstall, want: "giveUp" },
    {
      name: "failed install, attempts left",
      state: "Failed",
      status: failedInstall,
      spec: retries(1),
      want: "uninstall",
    },
    {
      name: "failed install, no attempts left, but the last failure is put right",
      state: "Failed",
      status: failedInstall,
      spec: retries(0, { remediateLastFailure: true }),
      want: "uninstall",
    },
    {
      name: "failed upgrade, attempts left",
      state: "Failed",
      status: failedUpgrade,
      spec: retries(1),
      want: "rollback",
    },
    {
      name: "the last failed upgrade is put right when there were retries",
      state: "Failed",
      status: { ...failedUpgrade, upgradeFailures: 3 },
      spec: retries(1),
      want: "rollback",
    },
    {
      name: "unless that is not wanted",
      state: "Failed",
      status: { ...failedUpgrade, upgradeFailures: 3 },
      spec: retries(1, { remediateLastFailure: false }),
      want: "giveUp",
    },
    {
      name: "failed upgrade, put right by uninstalling",
      state: "Failed",
      status: failedUpgrade,
      spec: retries(1, { strategy: "uninstall" }),
      want: "uninstall",
    },
    { name: "failed, forced", state: "Failed", status: failedUpgrade, isForced: true, want: "upgrade" },
    { name: "failed, retrying", state: "Failed", status: failedUpgrade, spec: { upgrade: retry }, want: "upgrade" },
    { name: "failed, retrying by default", state: "Failed", status: failedUpgrade, byDefault: true, want: "upgrade" },
  ];
  test.each(cases)("$state: $name", ({ state: name, status = {}, spec, isForced = false, byDefault = false, want }) => {
    const facts = { state: state(name), status, isForced, defaultToRetryOnFailure: byDefault };
    const plan = planAction(release(spec), facts);
    expect(plan.do === "act" ? plan.action : plan.do).toBe(want);
  });

  test("what is not ours has no history", () => {
    const facts = { state: state("Unmanaged"), status: installed, isForced: false, defaultToRetryOnFailure: false };
    expect(planAction(release(), facts)).toMatchObject({ history: [] });
  });

  test("a rollback needs its target as it was", () => {
    expect(planRollback("Verified")).toBe("rollback");
    expect(planRollback("Altered")).toBe("upgrade");
    expect(() => planRollback("Missing")).toThrow(
      "missing target release for rollback: cannot remediate failed release",
    );
  });
});

describe("determinePassEnd()", () => {
  const upgraded = (upgradeFailures: number): HelmReleaseStatus => ({
    lastAttemptedReleaseAction: "upgrade",
    upgradeFailures,
  });
  test.each<[string, LoopStop, HelmReleaseStatus, Partial<HelmReleaseSpec>, string]>([
    ["an action could not begin", "errored", upgraded(1), {}, "again"],
    [
      "attempts left after a remediation",
      "remediated",
      upgraded(1),
      { upgrade: { remediation: { retries: 1 } } },
      "again",
    ],
    [
      "none left after a remediation",
      "remediated",
      upgraded(2),
      { upgrade: { remediation: { retries: 1 } } },
      "exhausted",
    ],
    [
      "uninstalled after an upgrade: install anew",
      "remediated",
      upgraded(2),
      { upgrade: { remediation: { retries: 1, strategy: "uninstall" } } },
      "again",
    ],
    ["twice the same, attempts left", "repeated", upgraded(0), {}, "again"],
    ["twice the same, none left", "repeated", upgraded(1), {}, "settled"],
    ["retrying", "repeated", upgraded(1), { upgrade: { strategy: { name: "RetryOnFailure" } } }, "retryAfter"],
  ])("%s", (_name, stop, status, spec, want) => {
    expect(determinePassEnd(stop, release(spec), status, { defaultToRetryOnFailure: false }).kind).toBe(want);
  });
});

describe("determineFailureReset()", () => {
  const attempted = { generation: 2, revision: "1.0.0", configDigest: "sha256:c" };
  const same: HelmReleaseStatus = {
    lastAttemptedGeneration: 2,
    lastAttemptedRevision: "1.0.0",
    lastAttemptedConfigDigest: "sha256:c",
  };
  test.each<[HelmReleaseStatus, boolean, string | undefined]>([
    [same, false, undefined],
    [same, true, "reset requested through annotation"],
    [{ ...same, lastAttemptedGeneration: 1 }, false, "generation differs from last attempt"],
    [{ ...same, lastAttemptedRevision: "0.9.0" }, false, "chart version differs from last attempt"],
    [{ ...same, lastAttemptedConfigDigest: "sha256:d" }, false, "values differ from last attempt"],
  ])("%j, asked %s: %s", (status, asked, want) => {
    expect(determineFailureReset(status, attempted, asked)).toBe(want);
  });

  test.each<[Record<string, string>, HelmReleaseStatus, boolean]>([
    [{ requestedAt: "1", forceAt: "1" }, {}, true],
    [{ requestedAt: "2", forceAt: "1" }, {}, false],
    [{ forceAt: "1" }, {}, false],
    [{ requestedAt: "1", forceAt: "1" }, { lastHandledForceAt: "1" }, false],
    [{ requestedAt: "1", forceAt: "1" }, { lastHandledReconcileAt: "1" }, true],
  ])("a force request of %j with %j: %s", (given, status, want) => {
    const annotations = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [`reconcile.fluxcd.io/${key}`, value]),
    );
    expect(isRequested(release({}, { annotations }), status, "force")).toBe(want);
  });
});

describe("trackChartVersion()", () => {
  const hex = "0123456789abcdef".repeat(4);
  test.each<[string, string, string, string]>([
    ["HelmChart", "1.0.0", "1.0.0", "1.0.0 "],
    ["OCIRepository", "1.0.0", `1.0.0@sha256:${hex}`, `1.0.0+0123456789ab sha256:${hex}`],
    ["OCIRepository", "1.0.0", `sha256:${hex}`, `1.0.0+0123456789ab sha256:${hex}`],
    ["OCIRepository", "1.0.0+build", `1.0.0_build@sha256:${hex}`, `1.0.0+0123456789ab sha256:${hex}`],
    ["OCIRepository", "1.0.0", `latest@sha256:${hex}`, `1.0.0+0123456789ab latest@sha256:${hex}`],
    ["ExternalArtifact", "1.0.0", "1.0.0", "1.0.0 "],
    ["ExternalArtifact", "1.0.0", `latest@sha256:${hex}`, `1.0.0+0123456789ab latest@sha256:${hex}`],
  ])("%s %s from %s", (kind, version, revision, want) => {
    const tracked = trackChartVersion(version, { kind, revision }, { isTracked: true });
    expect(`${tracked.version} ${tracked.digest}`).toBe(want);
  });

  test.each([
    ["1.0.0", "1.1.0@sha256:0123456789abcdef", "artifact revision 1.1.0 does not match chart version 1.0.0"],
    ["1.0.0", "1.0.0", "artifact revision 1.0.0 does not match chart version 1.0.0"],
    ["1.0.0", "sha256:0123", "invalid artifact revision sha256:0123"],
    ["one", "sha256:0123456789ab", "invalid chart version one"],
  ])("%s from %s is refused", (version, revision, want) => {
    expect(() => trackChartVersion(version, { kind: "OCIRepository", revision }, { isTracked: true })).toThrow(want);
  });

  test("without tracking the version stays, the digest is known all the same", () => {
    const source = { kind: "OCIRepository", revision: `sha256:${hex}` };
    expect(trackChartVersion("1.0.0", source, { isTracked: false })).toEqual({
      version: "1.0.0",
      digest: `sha256:${hex}`,
    });
  });
});

// Asked of Go's encoding/json over helm-controller's structs.
test.each<[Partial<HelmReleaseSpec>, string, string]>([
  [{}, "", ""],
  [
    {
      postRenderers: [
        {
          kustomize: {
            patches: [
              { patch: "- op: add <x> & y\n", target: { kind: "Deployment", name: "web", labelSelector: "a=b" } },
              { patch: "b" },
            ],
            images: [{ name: "nginx", newTag: "2" }],
          },
        },
        {},
      ],
      commonMetadata: { labels: { b: "2", a: "1" } },
    },
    "sha256:1132e948b3ccf1d5aad6d5d2baf2f6e49a50317a458dbe5d6b625a61be614524",
    "sha256:3dd312c0bf8a7ee08bebf2f96cdea2084a01dca39613194320f8e7fe8c965b1c",
  ],
  [
    { postRenderers: [], commonMetadata: { annotations: { x: "<y>" }, labels: { a: "1" } } },
    "sha256:37517e5f3dc66819f61f5a7bb8ace1921282415f10551d2defa5c3eb0985b570",
    "sha256:ff00de453620e08330f048a75f15b7d33289aed41b0c5696c79fa7c8d7379ad7",
  ],
  [{ commonMetadata: {} }, "", "sha256:ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"],
])("the digests of %j are upstream's", (spec, postRenderers, commonMetadata) => {
  expect(overlayDigestsOf({ interval: "1h", ...spec })).toEqual({ postRenderers, commonMetadata });
});

describe("summarizeConditions()", () => {
  const condition = (type: string, status: Condition["status"], observedGeneration = 1): Condition => ({
    type,
    status,
    reason: type,
    message: "",
    lastTransitionTime: "",
    observedGeneration,
  });
  const released = condition("Released", "True");
  test.each<[string, Condition[], Partial<HelmReleaseSpec>, string | undefined]>([
    ["none", [condition("Ready", "True")], {}, undefined],
    ["a release", [released], {}, "True Released"],
    ["a remediation is a failure", [released, condition("Remediated", "True")], {}, "False Remediated"],
    [
      "an older remediation does not count",
      [condition("Released", "True", 2), condition("Remediated", "True", 1)],
      {},
      "True Released",
    ],
    ["tests that are not wanted", [released, condition("TestSuccess", "False")], {}, "True Released"],
    [
      "tests that failed",
      [released, condition("TestSuccess", "False")],
      { test: { enable: true } },
      "False TestSuccess",
    ],
    [
      "tests whose failure is ignored",
      [released, condition("TestSuccess", "False")],
      { test: { enable: true, ignoreFailures: true } },
      "True Released",
    ],
  ])("%s", (_name, conditions, spec, want) => {
    const summary = summarizeConditions(conditions, release(spec));
    expect(summary && `${summary.status} ${summary.reason}`).toBe(want);
  });
});

describe("determineUnreadiness()", () => {
  const artifact = { revision: "1.0.0", digest: "sha256:a" };
  const source = (status: object, kind = "HelmChart"): KubeObject => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind,
    metadata: { name: "a", generation: 1 },
    status,
  });
  const ready = { type: "Ready", status: "False", message: "no such chart" };
  const stalled = { type: "Stalled", status: "True", message: "never" };
  test.each<[string, KubeObject, string | undefined]>([
    ["an artifact", source({ observedGeneration: 1, artifact }), undefined],
    ["behind", source({ observedGeneration: 0, artifact }), "latest generation of object has not been reconciled"],
    ["behind, and failed", source({ observedGeneration: -1, conditions: [ready] }), "no such chart"],
    ["stalled", source({ observedGeneration: 1, artifact, conditions: [stalled] }), "never"],
    ["nothing yet", source({ observedGeneration: 1 }), "does not have an artifact"],
    ["made by others", source({ artifact }, "ExternalArtifact"), undefined],
    ["not made yet", source({}, "ExternalArtifact"), "does not have an artifact"],
  ])("%s", (_name, object, want) => {
    expect(determineUnreadiness(object)).toBe(want);
  });
});

describe("the owned HelmChart", () => {
  const sourceRef = { kind: "HelmRepository" as const, name: "r", namespace: "infra" };
  const object = release({ chart: { spec: { chart: "app", sourceRef } } });
  test.each<[string, HelmRelease, string | undefined, string]>([
    ["is the wanted one", object, "infra/team-web", "Keep"],
    ["moved", object, "team/team-web", "Delete"],
    ["is not known", object, undefined, "Keep"],
    [
      "gave way to a reference",
      release({ chartRef: { kind: "OCIRepository", name: "o" } }),
      "infra/team-web",
      "Delete",
    ],
    [
      "goes with its release",
      { ...object, metadata: { ...object.metadata, deletionTimestamp: "x" } },
      "infra/team-web",
      "Delete",
    ],
  ])("%s", (_name, given, recorded, want) => {
    expect(determineChartDisposal(given, recorded)).toBe(want);
  });

  test("is in sync with what the server fills in, and with others' labels", () => {
    const wanted = {
      apiVersion: "v1",
      kind: "HelmChart",
      metadata: { name: "a", labels: { a: "1" } },
      spec: { chart: "x" },
    };
    const live = {
      ...wanted,
      metadata: { name: "a", labels: { a: "1", b: "2" } },
      spec: { chart: "x", version: "*", reconcileStrategy: "ChartVersion", suspend: true },
    };
    expect(isChartInSync(live, wanted)).toBe(true);
    expect(isChartInSync({ ...live, spec: { ...live.spec, interval: "1m" } }, wanted)).toBe(false);
    expect(isChartInSync({ ...live, metadata: { name: "a" } }, wanted)).toBe(false);
  });
});

test("the log of an action keeps its last ten lines, and repeated ones as one", () => {
  const clock = fakeClock(0);
  const log = createLogBuffer(clock);
  expect(log.text()).toBe("");
  for (const line of ["first", "wait", "wait", "wait", "wait"]) {
    clock.advance(1_000);
    log.add(line);
  }
  expect(log.text()).toBe(
    "1970-01-01T00:00:01.000Z: first\n1970-01-01T00:00:02.000Z: wait\n1970-01-01T00:00:05.000Z: wait (2 duplicate lines omitted)",
  );
  for (let index = 0; index < 12; index++) log.add(`line ${index}`);
  expect(log.text().split("\n")).toHaveLength(10);
});
