import type { Cancel, Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { refOf, type KubeObject } from "@eddy/core/object";
import type { StatusSource } from "../../health/index.ts";

/** How an object stands, in whatever words its reader has. */
export interface Reading<S> {
  readonly object: KubeObject;
  /** Undefined until it was seen. */
  readonly status: S | undefined;
}

/** What a wait ends with. */
export type Verdict = { readonly state: "waiting" | "done" } | { readonly state: "failed"; readonly message: string };

/** Options of {@link watchStatuses}. */
export interface WatchStatusesOptions<S> {
  source: StatusSource;
  clock: Clock;
  timeoutMs: number;
  signal?: AbortSignal;
  /** What of an object counts; it is undefined when the object is not there. */
  read(live: KubeObject | undefined): S;
  /** Pure. Looked at on each change, and a last time when time is up. */
  judge(readings: readonly Reading<S>[], isOver: boolean): Verdict;
  /** Whether a reading is final, so that the object needs no watch. */
  isSettled(status: S): boolean;
  /** The objects are as the cluster has them: what they show already need not be watched for. */
  areLive: boolean;
}

/**
 * Watches objects until the judge has seen enough. Nothing is polled.
 * @throws EddyError OBJECTS_NOT_READY (retry) with the judge's message; the signal's reason when aborted.
 */
export async function watchStatuses<S>(
  objects: readonly KubeObject[],
  options: WatchStatusesOptions<S>,
): Promise<void> {
  const { source, clock, timeoutMs, signal, read, judge, isSettled, areLive } = options;
  signal?.throwIfAborted();
  const readings = objects.map((object): { object: KubeObject; status: S | undefined } => ({
    object,
    status: areLive ? read(object) : undefined,
  }));
  const ended = Promise.withResolvers<void>();
  const decide = (isOver: boolean): Verdict => {
    const verdict = judge(readings, isOver);
    if (verdict.state === "done") ended.resolve();
    if (verdict.state === "failed") ended.reject(new EddyError("OBJECTS_NOT_READY", verdict.message));
    return verdict;
  };
  const onAbort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const cancels: Cancel[] = [];
  if (decide(false).state === "waiting") {
    cancels.push(clock.after(timeoutMs, () => decide(true)));
    for (const reading of readings) {
      if (reading.status !== undefined && isSettled(reading.status)) continue;
      const since = areLive ? reading.object.metadata.resourceVersion : undefined;
      cancels.push(
        source.follow(refOf(reading.object), false, (live) => {
          if (live && since !== undefined && isOlder(live, since)) return;
          reading.status = read(live);
          decide(false);
        }),
      );
    }
  }
  try {
    await ended.promise;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    for (const cancel of cancels) cancel();
  }
}

function isOlder({ metadata: { resourceVersion = "" } }: KubeObject, than: string): boolean {
  return resourceVersion.length === than.length ? resourceVersion < than : resourceVersion.length < than.length;
}
