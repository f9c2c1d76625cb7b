import type { CustomStatusOf } from "@eddy/runtime/health";
import { helmGroup, type helmReasons, type HelmRelease, type HelmReleaseStatus } from "@eddy/api";
import type { ConditionStatus } from "@eddy/core/conditions";
import { parseDuration } from "@eddy/core/duration";
import type { Chart, Values } from "@eddy/helm";
import type { Run, StatusPatch } from "@eddy/runtime/controller";
import type { ReleaseStorage } from "@eddy/runtime/helm";
import { sortHistory } from "./history.ts";
import type { OverlayDigests } from "./overlay-digests.ts";
import type { Cluster, Ports } from "./ports.ts";
import type { ReleaseTarget } from "./release-target.ts";
import { summarizeConditions } from "./summarize.ts";

/** The chart of a pass; it is loaded when something is to be done with it. */
export interface PassChart {
  name: string;
  /** With the digest where that is tracked. */
  version: string;
  appVersion: string;
  /** Digest of the artifact; "" where it is not tracked. */
  ociDigest: string;
  load(): Promise<Chart>;
}

/** Everything that actions on one release share in one pass. `status` is the pass's own copy, changed as it goes. */
export interface ReleasePass {
  readonly run: Run<HelmRelease>;
  readonly object: HelmRelease;
  readonly status: HelmReleaseStatus;
  readonly target: ReleaseTarget;
  readonly chart: PassChart;
  readonly values: Values;
  /** `sha256:<hex>` of the values. */
  readonly configDigest: string;
  readonly overlays: OverlayDigests;
  readonly originRevision: string | undefined;
  readonly cluster: Cluster;
  readonly storage: ReleaseStorage;
  readonly customStatusOf: CustomStatusOf;
  readonly ports: Ports;
}

const ownedFields = [
  "observedPostRenderersDigest",
  "observedCommonMetadataDigest",
  "lastAttemptedGeneration",
  "storageNamespace",
  "history",
  "inventory",
  "lastAttemptedReleaseAction",
  "lastAttemptedReleaseActionDuration",
  "failures",
  "installFailures",
  "upgradeFailures",
  "lastAttemptedRevision",
  "lastAttemptedRevisionDigest",
  "lastAttemptedConfigDigest",
  "lastAttemptedValuesChecksum",
  "lastReleaseRevision",
  "lastHandledForceAt",
  "lastHandledResetAt",
] as const satisfies readonly (keyof HelmReleaseStatus)[];

/** The members of a status that a pass decides, as a patch: what is empty, or zero, is absent. */
export function patchOf(status: HelmReleaseStatus): StatusPatch<HelmRelease> {
  const entries = ownedFields.map((field) => {
    const value = field === "history" ? sortHistory(status.history ?? []) : status[field];
    const isEmpty = value === undefined || value === "" || value === 0 || (Array.isArray(value) && value.length === 0);
    return [field, isEmpty ? null : value] as const;
  });
  return Object.fromEntries(entries) as StatusPatch<HelmRelease>;
}

/** Stages the status, so that it is written however the pass ends. */
export function stage({ run, status }: Pick<ReleasePass, "run" | "status">): void {
  run.stageStatus(patchOf(status));
}

/** Failures no longer count. */
export function clearFailures(status: HelmReleaseStatus): void {
  status.failures = 0;
  status.installFailures = 0;
  status.upgradeFailures = 0;
}

/** How long an action may take, in milliseconds: its own timeout, or that of the spec, or five minutes. */
export function timeoutOf(
  { spec }: Pick<HelmRelease, "spec">,
  action?: "install" | "upgrade" | "test" | "rollback" | "uninstall",
): number {
  return parseDuration((action && spec[action]?.timeout) ?? spec.timeout ?? "5m");
}

/** Sets one of the kind's own conditions. */
export function mark(
  { run }: Pick<ReleasePass, "run">,
  type: string,
  status: ConditionStatus,
  reason: string,
  message: string,
): void {
  run.setCondition({ type, status, reason, message });
}

/** Lets Ready repeat what the release's conditions say, and notes what was laid over the objects. */
export function summarize({ run, object, status, overlays }: ReleasePass): void {
  if (object.spec.test?.enable !== true) run.removeCondition("TestSuccess");
  const summary = summarizeConditions(run.conditions, object);
  if (summary) run.setCondition({ type: "Ready", ...summary });
  status.observedPostRenderersDigest = overlays.postRenderers;
  status.observedCommonMetadataDigest = overlays.commonMetadata;
}

/** What events about a revision carry. */
export interface RevisionFacts {
  chartVersion: string;
  configDigest: string;
  appVersion?: string | undefined;
  ociDigest?: string | undefined;
}

/** Says what happened to a release, in an event with its revision. */
export function announce(
  { run, originRevision }: Pick<ReleasePass, "run" | "originRevision">,
  severity: "info" | "error",
  reason: (typeof helmReasons)[keyof typeof helmReasons],
  message: string,
  facts: RevisionFacts,
): void {
  const { chartVersion, configDigest, appVersion, ociDigest } = facts;
  const metadata = {
    revision: chartVersion,
    token: configDigest,
    "app-version": appVersion ?? "",
    "oci-digest": ociDigest ?? "",
    originRevision: originRevision ?? "",
  };
  const present = Object.entries(metadata).filter(([, value]) => value !== "");
  run.event({
    severity,
    reason,
    message,
    metadata: Object.fromEntries(present.map(([key, value]) => [`${helmGroup}/${key}`, value])),
  });
}

/** The facts of what a pass is about to release. */
export function wantedFacts({ chart, configDigest }: Pick<ReleasePass, "chart" | "configDigest">): RevisionFacts {
  const { version, appVersion, ociDigest } = chart;
  return { chartVersion: version, configDigest, appVersion, ociDigest };
}
