/** Lets a bounded number of actions run at the same time, in the order in which they came. */
export interface Semaphore {
  run(action: () => Promise<unknown>): Promise<void>;
}

/** A semaphore for `limit` actions. */
export function createSemaphore(limit: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = limit;
  return {
    async run(action) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        await action();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
