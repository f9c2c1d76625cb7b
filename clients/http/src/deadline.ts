import type { Clock } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { HttpError } from "./errors.ts";

/** A caller's signal and a deadline as one. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The exchange is over: nothing will be aborted any more. */
  end(): void;
}

/** Starts now. The reason is the caller's, or HttpError `timeout`. */
export function startDeadline(clock: Clock, timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const expire = (): void =>
    controller.abort(new HttpError("timeout", `context deadline exceeded (${formatDuration(timeoutMs)})`));
  const follow = (): void => controller.abort(caller?.reason);
  const cancel = Number.isFinite(timeoutMs) ? clock.after(timeoutMs, expire) : undefined;
  if (caller?.aborted) follow();
  else caller?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    end() {
      cancel?.();
      caller?.removeEventListener("abort", follow);
    },
  };
}
