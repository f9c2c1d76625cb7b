import { parseDuration } from "@eddy/core/duration";
import { isObject } from "@eddy/core/json";
import type { RetryPolicy } from "./definition.ts";
import type { ControllerSettings } from "./environment.ts";
import type { ReconcilableObject } from "./object.ts";

/** What to do about an object after a pass. */
export type Next =
  /** `afterMs` instead of `spec.interval`. */
  | { kind: "interval"; afterMs: number | undefined }
  | { kind: "after"; afterMs: number }
  | { kind: "retry" }
  /** The cluster, not the object, is in the way: exponentially, whatever the kind's policy, but never later than that. */
  | { kind: "backoff" }
  | { kind: "onChange" };

/** What {@link planRequeue} goes by. */
export interface RequeueFacts {
  next: Next;
  object: ReconcilableObject;
  retry: RetryPolicy;
  /** Failures in a row, with this one. */
  failures: number;
  /** 0 to 1. */
  random: number;
}

/** When the object is looked at again without an event, in milliseconds; undefined: never. Pure. */
export function planRequeue(
  { next, object, retry, failures, random }: RequeueFacts,
  settings: ControllerSettings,
): number | undefined {
  const jittered = (delayMs: number): number => jitter(delayMs, settings.intervalJitterPercentage, random);
  switch (next.kind) {
    case "onChange":
      return undefined;
    case "after":
      return next.afterMs;
    case "retry":
    case "backoff": {
      if (next.kind === "retry" && retry.kind === "fixed") return retry.delayMs;
      const delayMs = jittered(backoffDelay(failures, settings.minRetryDelayMs, settings.maxRetryDelayMs));
      return retry.kind === "fixed" ? Math.min(delayMs, retry.delayMs) : delayMs;
    }
    case "interval": {
      const intervalMs = next.afterMs ?? intervalOf(object);
      return intervalMs === undefined ? undefined : jittered(intervalMs);
    }
  }
}

/** `interval` ± `percentage`, spread evenly. Source: Flux runtime jitter. */
export function jitter(intervalMs: number, percentage: number, random: number): number {
  return intervalMs * (1 + ((2 * random - 1) * percentage) / 100);
}

/** `minMs` doubled for each failure before this one, at most `maxMs`. Source: client-go's exponential failure rate limiter. */
export function backoffDelay(failures: number, minMs: number, maxMs: number): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 52));
}

/** `spec.interval` in milliseconds; undefined when the object has none or a wrong one. */
export function intervalOf(object: ReconcilableObject): number | undefined {
  const interval = isObject(object.spec) ? object.spec["interval"] : undefined;
  if (typeof interval !== "string") return undefined;
  try {
    return parseDuration(interval);
  } catch {
    // An interval that slipped past the schema must not loop: the object is looked at when it changes.
    return undefined;
  }
}
