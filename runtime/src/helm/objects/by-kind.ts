/** Requests at the same time. */
const concurrency = 16;

/** Splits a sequence where the key changes. */
export function runsOf<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const runs: T[][] = [];
  let last: string | undefined;
  for (const item of items) {
    const key = keyOf(item);
    const run = runs.at(-1);
    if (run && key === last && run.length < concurrency) run.push(item);
    else runs.push([item]);
    last = key;
  }
  return runs;
}

/**
 * Does something with each object: neighbours of one kind at the same time, kinds one after the other, as Helm does. An error stops
 * nothing; all results come back in order.
 */
export async function eachByKind<T extends { kind: string }, R>(
  objects: readonly T[],
  action: (object: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (const run of runsOf(objects, ({ kind }) => kind)) results.push(...(await Promise.allSettled(run.map(action))));
  return results;
}

/** The values of what went well, and the errors of the rest. */
export function partition<R>(results: readonly PromiseSettledResult<R>[]): { values: R[]; errors: unknown[] } {
  const values: R[] = [];
  const errors: unknown[] = [];
  for (const result of results) {
    if (result.status === "fulfilled") values.push(result.value);
    else errors.push(result.reason);
  }
  return { values, errors };
}
