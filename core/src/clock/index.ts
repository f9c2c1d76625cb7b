/**
 * Time as a port: nothing else in Eddy asks the machine what time it is or sleeps.
 *
 * Entry points: {@link systemClock} for programs, {@link fakeClock} for tests. {@link threadCpuMs} is how much work something is.
 */

export { threadCpuMs } from "./cpu-time.ts";
export { uniqueTime } from "./unique-time.ts";
export { withTimeout } from "./with-timeout.ts";

/** Cancels what it was returned for; calling it again does nothing. */
export type Cancel = () => void;

/** What the time is, and how to be called later. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `delayMs` (0 or more). */
  after(delayMs: number, task: () => void): Cancel;
}

/** The machine's clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    // Node runs a timer of more than 2^31-1 ms at once; nothing here waits longer than a day between looks.
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), 2_147_483_647));
    timer.unref();
    return () => {
      // Node keeps the list of a duration until its time has come where the timer that empties it is not counted.
      timer.ref();
      clearTimeout(timer);
    };
  },
};

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time forward and runs what became due, in order of due time. */
  advance(byMs: number): void;
  /** How many timers are pending. */
  pending(): number;
}

/** A clock at `startMs` (default 2026-01-01T00:00:00Z). */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  let sequence = 0;
  const timers = new Map<number, { dueMs: number; task: () => void }>();
  const nextDue = (limitMs: number): number | undefined => {
    let best: number | undefined;
    for (const [id, timer] of timers) {
      if (timer.dueMs > limitMs) continue;
      const chosen = best === undefined ? undefined : timers.get(best);
      if (!chosen || timer.dueMs < chosen.dueMs) best = id;
    }
    return best;
  };
  return {
    now: () => nowMs,
    after(delayMs, task) {
      const id = sequence++;
      timers.set(id, { dueMs: nowMs + Math.max(0, delayMs), task });
      return () => void timers.delete(id);
    },
    advance(byMs) {
      const limitMs = nowMs + byMs;
      for (let id = nextDue(limitMs); id !== undefined; id = nextDue(limitMs)) {
        const timer = timers.get(id);
        timers.delete(id);
        if (!timer) continue;
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.task();
      }
      nowMs = limitMs;
    },
    pending: () => timers.size,
  };
}

/** Resolves after `delayMs`, or rejects with the signal's reason when aborted first. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
