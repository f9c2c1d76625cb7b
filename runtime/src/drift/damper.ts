import type { Clock } from "@eddy/core/clock";

/** Slows down what comes again and again: two owners that fight over one object must not write all the time. */
export interface Damper {
  /** How long to wait with this one; 0 the first five times in a quiet period, as a person's edits come. */
  delayFor(key: string): number;
}

const patience = 5;
const quietMs = 60_000;
const firstDelayMs = 1_000;
const maxDelayMs = 300_000;

/** A damper: after five corrections of a key, 1 s, doubled for each further one up to 5 minutes; a quiet minute forgives. */
export function createDamper(clock: Clock): Damper {
  const seen = new Map<string, { count: number; atMs: number }>();
  return {
    delayFor(key) {
      const nowMs = clock.now();
      for (const [other, { atMs, count }] of seen) {
        if (nowMs - atMs <= quietMs + delayOf(count)) break;
        seen.delete(other);
      }
      const entry = seen.get(key);
      const isQuiet = !entry || nowMs - entry.atMs > quietMs + delayOf(entry.count);
      const count = isQuiet ? 1 : entry.count + 1;
      seen.delete(key);
      seen.set(key, { count, atMs: nowMs });
      return delayOf(count);
    },
  };
}

function delayOf(count: number): number {
  return count <= patience ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(count - patience - 1, 30));
}
