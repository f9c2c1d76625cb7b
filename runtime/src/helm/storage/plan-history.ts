import type { RevisionSummary } from "./release-storage.ts";

/**
 * Which revisions have to go, oldest first, so that at most `maximum` remain; the newest deployed one always stays.
 * `revisions` are oldest first. Source: Helm `storage.removeLeastRecent`.
 */
export function planHistory(revisions: readonly RevisionSummary[], maximum: number): RevisionSummary[] {
  const deployed = revisions.findLast(({ status }) => status === "deployed");
  const surplus = Math.max(0, revisions.length - maximum);
  return revisions.filter((revision) => revision !== deployed).slice(0, surplus);
}
