import type { ReconcilableObject, StatusOf } from "./object.ts";
import type { RunEvent } from "./run.ts";
import type { StepError } from "./step-error.ts";

/** Members of a status to set; a member that is `null` is removed. */
export type StatusPatch<T extends ReconcilableObject> = { [K in keyof StatusOf<T>]?: StatusOf<T>[K] | null };

/** How a pass ended. Only the runner turns it into conditions, events, metrics and the next pass. */
export type Outcome<T extends ReconcilableObject = ReconcilableObject> =
  | {
      readonly kind: "succeeded";
      readonly reason: string;
      readonly message: string;
      readonly status: StatusPatch<T>;
      /** Instead of `spec.interval`. */
      readonly requeueAfterMs?: number;
      /** Published once the status is written. */
      readonly event?: RunEvent;
      readonly isRoutine?: boolean;
    }
  | { readonly kind: "failed"; readonly error: StepError; readonly status: StatusPatch<T> }
  /** The object may go: the finalizer is removed. Only from `finalize`. */
  | { readonly kind: "finalized" }
  /** Somebody else's change made this pass pointless; the object is already queued again. Nothing is written. */
  | { readonly kind: "superseded" };
