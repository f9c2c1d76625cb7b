import type { Cancel, Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { determineHealth, type ObjectStatus, type Observed } from "./determine-health.ts";
import type { StatusSource } from "./status-source.ts";

/** One object to wait for. */
export interface WaitSubject {
  ref: ObjectRef;
  /** It carries an ownership label. */
  owned: boolean;
  /** A Job with `ttlSecondsAfterFinished`. */
  deletesItself?: boolean;
  /** What is older than this resourceVersion is not looked at: the watch may be behind an own write. */
  sinceResourceVersion?: string;
}

/** A wait in which nothing is seen counts as one after this. */
const silentMs = 500;

/** Options of {@link waitHealthy}. */
export interface WaitHealthyOptions {
  source: StatusSource;
  clock: Clock;
  timeoutMs: number;
  /** Default true. */
  failFast?: boolean;
  statusOf(object: KubeObject): ObjectStatus;
  /** Called once, when the first look shows that there is something to wait for. */
  onWaiting?(): void;
  signal?: AbortSignal;
}

/**
 * Resolves when every object is Current. Nothing is polled: each change of an object is looked at once.
 * @throws EddyError HEALTH_CHECK_FAILED (retry) when objects failed or time is up; the signal's reason when aborted.
 */
export async function waitHealthy(subjects: readonly WaitSubject[], options: WaitHealthyOptions): Promise<void> {
  const { source, clock, timeoutMs, failFast = true, statusOf, signal } = options;
  const observed: Observed[] = subjects.map(({ ref, deletesItself = false }) => ({
    ref,
    status: undefined,
    deletesItself,
  }));
  const ended = Promise.withResolvers<void>();
  const decide = (timedOut: boolean): void => {
    const health = determineHealth(observed, { failFast, timedOut });
    if (health.state === "Healthy") ended.resolve();
    if (health.state === "Failed") ended.reject(new EddyError("HEALTH_CHECK_FAILED", health.message));
  };
  let isTold = false;
  const tell = (): void => {
    if (isTold) return;
    isTold = true;
    options.onWaiting?.();
  };
  signal?.throwIfAborted();
  const onAbort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const cancels: Cancel[] = [clock.after(timeoutMs, () => decide(true)), clock.after(silentMs, () => tell())];
  if (subjects.length === 0) ended.resolve();
  for (const [index, { ref, owned, sinceResourceVersion }] of subjects.entries()) {
    const entry = observed[index] as Observed;
    cancels.push(
      source.follow(ref, owned, (object) => {
        if (object && sinceResourceVersion !== undefined && isOlder(object, sinceResourceVersion)) return tell();
        const status = object === undefined ? "NotFound" : statusOf(object);
        if (status === entry.status) return;
        entry.status = status;
        if (status !== "Current") tell();
        decide(false);
      }),
    );
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
