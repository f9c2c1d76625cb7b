import type { Clock } from "@eddy/core/clock";

/** Calls that were taken already: a signed one that comes again is somebody's copy. */
export interface SeenCalls {
  /** Whether this is the first time; it is remembered. */
  isNew(signature: string): boolean;
  /** Whether it came before. */
  has(signature: string): boolean;
}

const keptMs = 900_000;
const maxKept = 10_000;

/** Nothing seen yet. Longer than signatures are good for nothing is kept, and never more than 10,000. */
export function createSeenCalls(clock: Clock): SeenCalls {
  const seen = new Map<string, number>();
  return {
    has: (signature) => seen.has(signature),
    isNew(signature) {
      const now = clock.now();
      for (const [key, atMs] of seen) {
        if (now - atMs <= keptMs && seen.size < maxKept) break;
        seen.delete(key);
      }
      if (seen.has(signature)) return false;
      seen.set(signature, now);
      return true;
    },
  };
}
