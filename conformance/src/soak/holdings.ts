/** What a process holds at one moment. */
export interface Holdings {
  /** Passes since its start. */
  passes: number;
  /** Alive after a collection. */
  heapBytes: number;
  /** Of Buffers, which are outside of the heap. */
  bufferBytes: number;
  /** Open files and sockets. */
  descriptors: number;
  /** Timers, sockets and requests that keep it awake. */
  resources: number;
}

/** The most that may be held more at the end than after the start. */
export interface Allowance {
  heapBytes: number;
  bufferBytes: number;
  descriptors: number;
  resources: number;
}

/**
 * What grew between the second third and the last of these, by more than allowed; the first third is warming up. Compares the
 * least of each: what is in flight at a moment is no growth. Pure.
 */
export function findGrowth(measured: readonly Holdings[], allowance: Allowance): string[] {
  const third = Math.floor(measured.length / 3);
  const [before, after] = [measured.slice(third, 2 * third), measured.slice(-third)];
  return (["heapBytes", "bufferBytes", "descriptors", "resources"] as const).flatMap((member) => {
    const least = (all: readonly Holdings[]): number => Math.min(...all.map((one) => one[member]));
    const growth = least(after) - least(before);
    return growth > allowance[member] ? [`${member} grew by ${growth}, from ${least(before)}`] : [];
  });
}
