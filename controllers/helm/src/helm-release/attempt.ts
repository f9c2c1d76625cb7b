import {
  forceAtAnnotation,
  requestedAtAnnotation,
  resetAtAnnotation,
  type HelmRelease,
  type HelmReleaseStatus,
} from "@eddy/api";

/** What a pass is about to try. */
export interface Attempted {
  generation: number;
  /** Version of the chart. */
  revision: string;
  /** `sha256:<hex>` of the values. */
  configDigest: string;
}

/** Why failures no longer count, in upstream's words; undefined when they do. Source: helm-controller action/reset.go. */
export function determineFailureReset(
  status: HelmReleaseStatus,
  attempted: Attempted,
  isResetRequested: boolean,
): string | undefined {
  if ((status.lastAttemptedGeneration ?? 0) !== attempted.generation) return "generation differs from last attempt";
  if ((status.lastAttemptedRevision ?? "") !== attempted.revision) return "chart version differs from last attempt";
  const { lastAttemptedConfigDigest: digest = "", lastAttemptedValuesChecksum: checksum = "" } = status;
  // A SHA-1 of an older version can only be replaced: the values are the same unless something else says so.
  if (digest !== "" ? digest !== attempted.configDigest : checksum !== "") return "values differ from last attempt";
  return isResetRequested ? "reset requested through annotation" : undefined;
}

/** Whether a force or reset is asked for: the annotation equals `requestedAt`, and was not handled yet. */
export function isRequested(object: HelmRelease, status: HelmReleaseStatus, what: "force" | "reset"): boolean {
  const annotations = object.metadata.annotations ?? {};
  const wanted = annotations[what === "force" ? forceAtAnnotation : resetAtAnnotation];
  if (wanted === undefined) return false;
  const handled = what === "force" ? status.lastHandledForceAt : status.lastHandledResetAt;
  // A pass that ended before it came to this has acknowledged requestedAt all the same: that says nothing.
  return wanted !== handled && wanted === annotations[requestedAtAnnotation];
}
