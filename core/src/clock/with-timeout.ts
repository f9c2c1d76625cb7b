import type { Clock } from "./index.ts";
import { formatDuration } from "../duration/index.ts";
import { EddyError } from "../errors/index.ts";

/**
 * Runs an action that is told to stop after `timeoutMs`, by an EddyError DEADLINE_EXCEEDED (retry), or when the pass is.
 * @throws the pass's reason, or what the action throws
 */
export async function withTimeout<R>(
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
  action: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => {
    deadline.abort(new EddyError("DEADLINE_EXCEEDED", `context deadline exceeded (${formatDuration(timeoutMs)})`));
  });
  const either = AbortSignal.any([deadline.signal, signal]);
  try {
    either.throwIfAborted();
    return await action(either);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    cancel();
  }
}
