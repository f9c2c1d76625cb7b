/** A write's time as `managedFields` has it: RFC 3339 in UTC, to the second. */
export function formatWriteTime(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}
