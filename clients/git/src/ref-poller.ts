import type { GitRef } from "./remote.ts";

/** Asks a server for the refs with these prefixes. */
export type ListRefs = (prefixes: readonly string[]) => Promise<GitRef[]>;

/**
 * Puts polls together: while one listing runs, everybody who asks waits for the next one, which asks for all of theirs at
 * once. An answer is never older than its question.
 */
export function createRefPoller(list: ListRefs): ListRefs {
  let running: Promise<unknown> | undefined;
  let next: { prefixes: Set<string>; answer: Promise<GitRef[]> } | undefined;

  const start = (prefixes: readonly string[]): Promise<GitRef[]> => {
    const answer = list(prefixes);
    const ended = answer.then(
      () => {},
      () => {},
    );
    running = ended;
    void ended.then(() => {
      if (running === ended) running = undefined;
    });
    return answer;
  };
  const join = (prefixes: readonly string[]): Promise<GitRef[]> => {
    if (!running) return start(prefixes);
    if (!next) {
      const waiting = new Set<string>();
      const answer = running.then(() => {
        next = undefined;
        return start([...waiting].sort());
      });
      next = { prefixes: waiting, answer };
    }
    for (const prefix of prefixes) next.prefixes.add(prefix);
    return next.answer;
  };
  return async (prefixes) => {
    const wanted = prefixes.length === 0 ? ["refs/", "HEAD"] : prefixes;
    const refs = await join(wanted);
    return refs.filter(({ name }) => wanted.some((prefix) => name.startsWith(prefix)));
  };
}
