import type { Condition, ConditionChange } from "@eddy/core/conditions";
import type { Logger } from "@eddy/core/log";
import type { ObjectRef } from "@eddy/core/object";
import type { ReconcilableObject } from "./object.ts";
import type { Conclusion, Outcome, Rest, StatusPatch } from "./outcome.ts";

/** What one event says; the frame adds the object, its annotations `event.toolkit.fluxcd.io/*`, and the time. */
export interface RunEvent {
  /** `trace` becomes a Kubernetes Event only; `info` and `error` also reach notifications. */
  severity: "trace" | "info" | "error";
  reason: string;
  message: string;
  /** Like `kustomize.toolkit.fluxcd.io/revision`. */
  metadata?: Record<string, string>;
  /** The runner's: nothing was done, and nobody had asked. */
  isRoutine?: true;
}

/** Options of {@link Run.step}: what an error that is not a StepError becomes. */
export interface StepOptions {
  /** Ready's reason; default the run's current reason for failures, `Failed`. */
  reason?: string;
  /** A negative condition to set, like `FetchFailed`. */
  condition?: string;
}

/** How a wait is worded, and how long it is without an event. */
export interface WaitingOptions {
  /** Default `--requeue-dependency`, 30 s. */
  retryAfterMs?: number;
  /** Default: the message. `""`: no event. */
  eventMessage?: string;
}

/** How a success is worded. */
export interface SucceededOptions {
  /** Default `Succeeded`. */
  reason?: string;
  message?: string;
  /** Instead of `spec.interval`. */
  requeueAfterMs?: number;
  /** Published once the status is written. */
  event?: RunEvent;
  /**
   * Nothing was changed anywhere: its status write goes after those of passes that work, and where nobody asked for the pass its event
   * is for those who subscribe only.
   */
  isRoutine?: boolean;
  /** Members of the status that every pass changes: alone they are no reason to write that of a pass of routine nobody asked for. */
  bookkeeping?: readonly string[];
  /** Asked when the interval is over: while it holds, no pass is made. */
  rest?: Rest;
}

/**
 * One pass over one object. Steps throw; conditions, events, metrics and requeues are the runner's.
 * Nothing here is written at once unless its docstring says so: one status patch ends the pass.
 */
export interface Run<T extends ReconcilableObject> {
  /** The newest known object, read-only; its status includes what earlier passes wrote. */
  readonly object: T;
  readonly ref: ObjectRef;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /**
   * Aborted when the process stops, the object is deleted or its generation changes. Its reason is an EddyError
   * `RUN_CANCELLED`; `cancelOn` adds further causes.
   */
  readonly signal: AbortSignal;
  /** Conditions as this pass will write them. */
  readonly conditions: readonly Condition[];

  /** Runs one named step, timed and logged. An error that is not a StepError becomes one by `options`. */
  step<R>(name: string, action: () => R | Promise<R>, options?: StepOptions): Promise<R>;
  /**
   * Says what the pass does now: Reconciling=True/`Progressing` and Ready=Unknown/`Progressing` with this message. It is
   * written together with the next status write, or by itself once it has been true for half a second, so that passes
   * that finish at once cost no writes. `ready` is Ready's message where upstream words it differently; `null` leaves Ready as
   * it is.
   */
  progress(message: string, ready?: string | null): void;
  /** Sets a condition of the kind itself (`ArtifactInStorage`, `Healthy`, …); written with the next status write. */
  setCondition(change: ConditionChange): void;
  removeCondition(...types: string[]): void;
  /** Stages members of the status for the next write. */
  stageStatus(patch: StatusPatch<T>): void;
  /** Stages and writes now; resolves when the API server has it. */
  saveStatus(patch?: StatusPatch<T>): Promise<void>;
  /** Names, kinds and revisions that anybody can read: in what this pass says, they are no secrets. */
  reveal(...texts: (string | undefined)[]): void;
  /** Metadata that every later event of this pass carries, also the runner's own. */
  describeEvents(metadata: Record<string, string>): void;
  event(event: RunEvent): void;
  /** Status members to set when the pass fails, by the failure's reason; the last one given counts. */
  onFailure(patch: (error: { reason: string }) => StatusPatch<T>): void;
  /** Gives the worker back while something else happens (health, a dependency), and takes one again after it. */
  awaitOutside<R>(action: (signal: AbortSignal) => Promise<R>): Promise<R>;
  /** Lets passes that have not started yet go first: for one that has found that nothing it reads has changed. */
  yieldToOthers(): Promise<void>;
  /**
   * From now on another pass being asked for (by a person, a new revision, a drifted object; not by a timer) aborts
   * `signal` with an EddyError `RUN_REQUESTED`, whose message names what asked, as `Kind/namespace/name`.
   */
  cancelWhenRequested(): void;

  /** Ready=True; negative conditions, Reconciling and Stalled go; observedGeneration is the generation. */
  succeeded(status?: StatusPatch<T>, as?: SucceededOptions): Outcome<T>;
  /** Ready=False with class `waiting`: looked at again after what it waits for changes, or after 30 s. */
  waiting(reason: string, message: string, options?: WaitingOptions): Outcome<T>;
  /** Ready=False with class `retry` or as the error says; the same as throwing it, with status members to set. */
  failed(error: unknown, status?: StatusPatch<T>): Outcome<T>;
  /** Ready as the kind says; see {@link Conclusion}. Conditions of the kind are set before. */
  concluded(conclusion: Conclusion, status?: StatusPatch<T>, as?: Pick<SucceededOptions, "isRoutine">): Outcome<T>;
  /** From `finalize`: remove the finalizer. */
  finalized(): Outcome<T>;
}
