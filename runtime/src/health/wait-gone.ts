import type { Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { formatObjectName, type ObjectRef } from "@eddy/core/object";
import { reflect, type KubeClient } from "@eddy/kube";

/** Options of {@link waitGone}. */
export interface WaitGoneOptions {
  kube: KubeClient;
  clock: Clock;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Resolves when the object is gone, seen by a watch on it alone.
 * @throws EddyError TERMINATION_TIMEOUT (retry), or the signal's reason.
 */
export async function waitGone(ref: ObjectRef, { kube, clock, timeoutMs, signal }: WaitGoneOptions): Promise<void> {
  const gone = Promise.withResolvers<void>();
  const reflection = reflect(
    kube,
    { group: ref.group, kind: ref.kind },
    { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}`, metadataOnly: true, clock },
    (event) => {
      if (event.type === "Deleted") gone.resolve();
    },
  );
  reflection.synced.then(
    () => reflection.store.size === 0 && gone.resolve(),
    (error: unknown) => gone.reject(error),
  );
  const cancelTimer = clock.after(timeoutMs, () =>
    gone.reject(
      new EddyError("TERMINATION_TIMEOUT", `${formatObjectName(ref)} termination timeout: context deadline exceeded`),
    ),
  );
  const onAbort = (): void => gone.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await gone.promise;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    cancelTimer();
    reflection.stop();
  }
}
