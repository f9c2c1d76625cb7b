import { parseDuration } from "@eddy/core/duration";
import { isObject } from "@eddy/core/json";
import type { ReconcilableObject } from "./object.ts";

/** `interval` ± `percentage`, spread evenly. Source: Flux runtime jitter. */
export function jitter(intervalMs: number, percentage: number, random: number): number {
  return intervalMs * (1 + ((2 * random - 1) * percentage) / 100);
}

/** `minMs` doubled for each failure before this one, at most `maxMs`. Source: client-go's exponential failure rate limiter. */
export function backoffDelay(failures: number, minMs: number, maxMs: number): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 52));
}

/** `spec.interval` in milliseconds; undefined when the object has none or a wrong one. */
export function intervalOf(object: ReconcilableObject): number | undefined {
  const interval = isObject(object.spec) ? object.spec["interval"] : undefined;
  if (typeof interval !== "string") return undefined;
  try {
    return parseDuration(interval);
  } catch {
    // An interval that slipped past the schema must not loop: the object is looked at when it changes.
    return undefined;
  }
}
