import type { HistorySnapshot } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import { formatDuration } from "@eddy/core/duration";

const maxEntries = 5;

/** One outcome to be remembered. */
export interface HistoryEntry {
  digest: string;
  /** Ready's reason. */
  status: string;
  metadata: Record<string, string>;
  nowMs: number;
  durationMs: number;
}

/**
 * `status.history` with this outcome first: the entry with the same digest and status is bumped and moved to the front,
 * otherwise one is added and the oldest beyond five goes. Pure. Source: fluxcd/pkg apis/meta `History.Upsert`.
 */
export function upsertHistory(history: readonly HistorySnapshot[] | undefined, entry: HistoryEntry): HistorySnapshot[] {
  const now = formatTime(new Date(entry.nowMs));
  const isSame = ({ digest, lastReconciledStatus }: HistorySnapshot): boolean =>
    digest === entry.digest && lastReconciledStatus === entry.status;
  const known = history?.find(isSame);
  const first: HistorySnapshot = {
    digest: entry.digest,
    firstReconciled: known?.firstReconciled ?? now,
    lastReconciled: now,
    lastReconciledDuration: formatDuration(entry.durationMs),
    lastReconciledStatus: entry.status,
    totalReconciliations: (known?.totalReconciliations ?? 0) + 1,
    metadata: entry.metadata,
  };
  return [first, ...(history ?? []).filter((snapshot) => !isSame(snapshot))].slice(0, maxEntries);
}
