/** Lets few work at a time, in the order in which they came: what each holds in memory is large. */
export interface Turns {
  take<R>(work: () => Promise<R>): Promise<R>;
}

/** Turns for `limit` at a time. */
export function createTurns(limit: number): Turns {
  const waiting: (() => void)[] = [];
  let free = limit;
  return {
    async take(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
