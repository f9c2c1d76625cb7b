/**
 * RFC 3339 in UTC as Go's `time.Time` is written to JSON: fractions without trailing zeros, none when there are none.
 */
export function formatGoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, "Z");
}

/** Go's zero time. */
export const noTime = "0001-01-01T00:00:00Z";
