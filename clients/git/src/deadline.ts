import type { Clock } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { GitError } from "./errors.ts";

/** Runs an action that is told to stop after `timeoutMs`, or when the caller's signal says so. */
export async function withDeadline<R>(
  options: { clock: Clock; timeoutMs: number; signal?: AbortSignal | undefined },
  action: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const controller = new AbortController();
  const expire = (): void =>
    controller.abort(new GitError("timeout", `context deadline exceeded (${formatDuration(options.timeoutMs)})`));
  const stop = (): void => controller.abort(options.signal?.reason);
  const cancel = options.clock.after(options.timeoutMs, expire);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    return await action(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    cancel();
    options.signal?.removeEventListener("abort", stop);
  }
}

/** The promise's value, unless the signal aborts first; the work behind the promise goes on. */
export function unlessAborted<R>(promise: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort))
      .catch(() => {});
  });
}
