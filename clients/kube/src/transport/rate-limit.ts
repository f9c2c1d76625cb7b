import { delay, type Clock } from "@eddy/core/clock";

/** Lets requests pass at a bounded rate. */
export interface RateLimit {
  /** Resolves when the caller may send; undefined when at once. */
  admit(signal?: AbortSignal): Promise<void> | undefined;
}

/** A token bucket: `qps` a second on average, `burst` at once. Waiting callers pass in order of arrival. */
export function rateLimit(qps: number, burst: number, clock: Clock): RateLimit {
  let tokens = burst;
  let lastMs = clock.now();
  return {
    admit(signal) {
      const nowMs = clock.now();
      tokens = Math.min(burst, tokens + ((nowMs - lastMs) / 1_000) * qps) - 1;
      lastMs = nowMs;
      // A negative balance is what the callers before already owe: each waits until its own token exists.
      return tokens >= 0 ? undefined : delay(clock, Math.ceil((-tokens / qps) * 1_000), signal);
    },
  };
}
