import type { Clock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { type FluxEvent, objectGroupPrefix } from "./flux-event.ts";

/** Lets one event of each key pass in an interval. */
export interface RateLimit {
  /** False for one that was seen within the interval. */
  admit(event: FluxEvent): boolean;
}

// The oldest keys go first; a flood of different events is then limited less, and memory is bounded.
const maxKeys = 50_000;

/** `intervalMs`: `--rate-limit-interval`. */
export function createRateLimit(clock: Clock, intervalMs: number): RateLimit {
  const seen = new Map<string, number>();
  return {
    admit(event) {
      const now = clock.now();
      for (const [key, atMs] of seen) {
        if (seen.size <= maxKeys && now - atMs < intervalMs) break;
        seen.delete(key);
      }
      const key = rateLimitKey(event);
      const last = seen.get(key);
      if (last !== undefined && now - last < intervalMs) return false;
      seen.delete(key);
      seen.set(key, now);
      return true;
    },
  };
}

/** Events with the same key are the same news. Source: notification-controller 1.9, `eventKeyFunc`. */
export function rateLimitKey({ involvedObject, message, metadata = {} }: FluxEvent): string {
  const prefix = objectGroupPrefix(involvedObject);
  const parts = [
    "event",
    `name=${involvedObject.name}`,
    `namespace=${involvedObject.namespace}`,
    `kind=${involvedObject.kind}`,
    `message=${message}`,
  ];
  for (const name of ["originRevision", "revision", "token"]) {
    const value = metadata[`${prefix}${name}`];
    if (value !== undefined) parts.push(`${name}=${value}`);
  }
  return sha256(parts.join("/"));
}
