import { defaultExclusionList, requestedAtAnnotation, type ImageRepository } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";

/** Why a repository is scanned, in upstream's words. */
export type ScanReason =
  | "first scan"
  | "reconcile requested"
  | "new image name"
  | "updated exclusion list"
  | "no tags in database"
  | "triggered by interval";

/** Whether a repository is scanned now; `nextMs`: how long until the next look. */
export type ScanDecision =
  | { readonly scan: true; readonly reason: ScanReason; readonly nextMs: number }
  | { readonly scan: false; readonly nextMs: number };

/** What {@link determineScan} goes by beside the object. */
export interface ScanFacts {
  readonly nowMs: number;
  /** `index.docker.io/library/alpine`. */
  readonly canonicalName: string;
  /** Whether tags of the last scan are known. */
  readonly hasTags: boolean;
  /** How much too early a timer may come: `--interval-jitter-percentage`. */
  readonly jitterPercentage: number;
}

const dueMs = 1_000;

/** The one table of when a repository is scanned. Pure. Source: image-reflector-controller `shouldScan`. */
export function determineScan(object: ImageRepository, facts: ScanFacts): ScanDecision {
  const { metadata, spec, status = {} } = object;
  const { lastScanResult, lastHandledReconcileAt, canonicalImageName, observedExclusionList = [] } = status;
  const intervalMs = parseDuration(spec.interval);
  const because = (reason: ScanReason): ScanDecision => ({ scan: true, reason, nextMs: intervalMs });
  if (!lastScanResult) return because("first scan");
  const requestedAt = metadata.annotations?.[requestedAtAnnotation];
  if (requestedAt !== undefined && requestedAt !== lastHandledReconcileAt) return because("reconcile requested");
  if (facts.canonicalName !== canonicalImageName) return because("new image name");
  if (!haveSameItems(exclusionListOf(object), observedExclusionList)) return because("updated exclusion list");
  if (!facts.hasTags && lastScanResult.tagCount > 0) return because("no tags in database");
  const elapsedMs = facts.nowMs - Date.parse(lastScanResult.scanTime ?? "");
  const leftMs = Number.isNaN(elapsedMs) ? 0 : intervalMs - elapsedMs;
  // A timer that came early would come again for the rest.
  if (leftMs < dueMs + (intervalMs * facts.jitterPercentage) / 100) return because("triggered by interval");
  return { scan: false, nextMs: Math.min(leftMs, intervalMs) };
}

/** The expressions that leave out tags; an empty list is the default one. */
export function exclusionListOf({ spec }: ImageRepository): readonly string[] {
  return spec.exclusionList?.length ? spec.exclusionList : defaultExclusionList;
}

function haveSameItems(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item));
}
