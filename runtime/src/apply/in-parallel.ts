/**
 * Runs `action` over the items, at most `limit` at a time, starting in order. When one fails, no further one is started;
 * the first failure (by order of the items) is thrown once those that run have ended.
 */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  action: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const failures: { index: number; error: unknown }[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      const item = items[index] as T;
      try {
        await action(item, index);
      } catch (error) {
        failures.push({ index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  const [first] = failures.sort((left, right) => left.index - right.index);
  if (first) throw first.error;
}
