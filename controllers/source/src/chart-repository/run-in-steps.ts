import { setImmediate as nextTurn } from "node:timers/promises";

const longestMs = 8;

/** Runs a computation that can pause, and lets others work in between: no step of it takes long. */
export async function runInSteps<R>(steps: Generator<void, R>, signal: AbortSignal): Promise<R> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < longestMs) continue;
    await nextTurn();
    signal.throwIfAborted();
    since = performance.now();
  }
}
