/**
 * Go durations (`1h2m3.5s`), the form of every interval and timeout.
 *
 * Entry points: {@link parseDuration}, {@link formatDuration}. Source: Go's `time.ParseDuration` and `Duration.String`.
 */
import { parseNanos } from "./parse-nanos.ts";

export { parseNanos } from "./parse-nanos.ts";
export { quoteForTime } from "./quote-for-time.ts";

/**
 * Milliseconds, possibly fractional, possibly negative.
 * @throws EddyError INVALID_DURATION (terminal), worded as Go words it.
 */
export function parseDuration(text: string): number {
  return Number(parseNanos(text)) / 1e6;
}

/** As Go prints a duration of this many milliseconds: `0s`, `72ms`, `1.5s`, `5m0s`, `1h0m0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  if (durationMs < 1e-3) return `${Math.round(durationMs * 1e6)}ns`;
  if (durationMs < 1) return `${trimFraction(durationMs * 1e3, 3)}µs`;
  if (durationMs < 1_000) return `${trimFraction(durationMs, 6)}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
  const seconds = `${trimFraction((durationMs % 60_000) / 1_000, 9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function trimFraction(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}
