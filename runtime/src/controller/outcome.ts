import type { Condition } from "@eddy/core/conditions";
import type { ReconcilableObject, StatusOf } from "./object.ts";
import type { Next } from "./requeue.ts";
import type { RunEvent } from "./run.ts";
import type { StepError } from "./step-error.ts";

/** Members of a status to set; a member that is `null` is removed. */
export type StatusPatch<T extends ReconcilableObject> = { [K in keyof StatusOf<T>]?: StatusOf<T>[K] | null };

/** What a pass leaves behind whose kind says itself what Ready is, as a summary of its other conditions. */
export interface Conclusion {
  readonly ready: Pick<Condition, "status" | "reason" | "message">;
  /** Stalled=True with these words. */
  readonly stalled?: Pick<Condition, "reason" | "message">;
  /** Reconciling=True/`ProgressingWithRetry` with this message; otherwise Reconciling goes, unless it is kept. */
  readonly retrying?: string;
  /** Reconciling stays what the pass made of it. */
  readonly keepsReconciling?: boolean;
  /** Whether status.observedGeneration becomes the generation. */
  readonly observed: boolean;
  readonly next: Next;
}

/** How to see after a pass, without another one, that another one would have nothing to do. */
export interface Rest {
  /**
   * Whether everything that a pass over the same object would find is as this one left it. A no may be wrong; a yes must be proven, by
   * what is known without a request. Cheap. May decide by lot that a pass is to look all the same.
   */
  holds(): boolean;
  /** What such a pass would tell that took so long. */
  event(durationMs: number): RunEvent;
}

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
      readonly bookkeeping?: readonly string[];
      readonly rest?: Rest;
    }
  | { readonly kind: "failed"; readonly error: StepError; readonly status: StatusPatch<T> }
  | {
      readonly kind: "concluded";
      readonly conclusion: Conclusion;
      readonly status: StatusPatch<T>;
      readonly isRoutine?: boolean;
    }
  /** The object may go: the finalizer is removed. Only from `finalize`. */
  | { readonly kind: "finalized" }
  /** Somebody else's change made this pass pointless; the object is already queued again. Nothing is written. */
  | { readonly kind: "superseded" };
