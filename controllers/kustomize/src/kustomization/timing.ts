import type { Kustomization } from "@eddy/api";
import { formatDuration, parseDuration } from "@eddy/core/duration";

const minTimeoutMs = 30_000;

/** `spec.interval`. */
export function intervalOf({ spec }: Kustomization): number {
  return parseDuration(spec.interval);
}

/** `spec.timeout`, else the interval less 30 s, at least 30 s. */
export function timeoutOf({ spec }: Kustomization): number {
  if (spec.timeout !== undefined) return parseDuration(spec.timeout);
  return Math.max(minTimeoutMs, parseDuration(spec.interval) - minTimeoutMs);
}

/** `spec.retryInterval`, else the interval. */
export function retryIntervalOf({ spec }: Kustomization): number {
  return parseDuration(spec.retryInterval ?? spec.interval);
}

/** What a pass says while it works: `Building manifests for revision X with a timeout of 9m30s`. */
export function progressMessage(doing: string, revision: string, object: Kustomization): string {
  return `${doing} for revision ${revision} with a timeout of ${formatDuration(timeoutOf(object))}`;
}
