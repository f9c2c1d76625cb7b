import type { HelmRelease } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { formatObjectName, refOf } from "@eddy/core/object";
import type { Run } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";
import { chartSourceRef, sourceChanged } from "./resolve-source.ts";

/** Tells the actions of a pass when they work on something that is no longer wanted. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** What cancelled, as `Kind/namespace/name`; undefined when the process stops. */
  reason(): string | undefined;
  end(): void;
}

/**
 * Cancels when the spec changes, the object goes, the process stops, or the source has another chart; with the gate
 * `CancelHealthCheckOnNewRevision`, when anything asks for another pass.
 */
export function watchForCancellation(run: Run<HelmRelease>, { caches, settings }: Ports): Cancellation {
  const abort = new AbortController();
  if (settings.cancelWaitOnRequest) run.cancelWhenRequested();
  const ref = chartSourceRef(run.object);
  const cancelWatch = ref
    ? caches.of({ group: ref.group, kind: ref.kind }).subscribe(({ before, after }) => {
        if (!after || after.metadata.name !== ref.name || after.metadata.namespace !== ref.namespace) return;
        if (sourceChanged(before, after)) abort.abort(new EddyError("RUN_REQUESTED", formatObjectName(ref)));
      })
    : () => undefined;
  const signal = AbortSignal.any([run.signal, abort.signal]);
  return {
    signal,
    reason() {
      const cause: unknown = signal.reason;
      if (!(cause instanceof EddyError)) return undefined;
      const isOwnChange = cause.message === formatObjectName(refOf(run.object));
      return cause.code === "RUN_REQUESTED" || isOwnChange ? cause.message : undefined;
    },
    end: () => cancelWatch(),
  };
}
