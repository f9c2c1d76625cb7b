/**
 * A duration in at most two units: `45s`, `2m5s`, `15m`, `3h20m`, `36h`, `4d2h`, `90d`, `3y12d`. Source: apimachinery
 * `duration.HumanDuration`.
 */
export function formatAge(ageMs: number): string {
  const seconds = Math.trunc(ageMs / 1_000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return twoUnits(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return twoUnits(days, "d", hours % 24, "h");
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? twoUnits(years, "y", days % 365, "d") : `${years}y`;
}

/** {@link formatAge} of the time since an RFC 3339 timestamp; `<unknown>` when there is none. */
export function formatAgeSince(timestamp: string | undefined, nowMs: number): string {
  const startMs = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(startMs) ? "<unknown>" : formatAge(nowMs - startMs);
}

function twoUnits(larger: number, largerUnit: string, smaller: number, smallerUnit: string): string {
  return smaller === 0 ? `${larger}${largerUnit}` : `${larger}${largerUnit}${smaller}${smallerUnit}`;
}
