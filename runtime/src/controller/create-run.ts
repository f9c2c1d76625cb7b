import type { Cancel, Clock } from "@eddy/core/clock";
import { removeConditions, type Condition } from "@eddy/core/conditions";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { refOf } from "@eddy/core/object";
import type { ScopedMasker } from "@eddy/core/secrets";
import { progressConditions, setConditions, type ConditionMoment } from "./conditions.ts";
import type { ReconcilableObject, ReconcilableStatus } from "./object.ts";
import type { StatusPatch } from "./outcome.ts";
import type { Run, RunEvent } from "./run.ts";
import type { StatusWriter } from "./status-writer.ts";
import { StepError, asStepError } from "./step-error.ts";
import type { Slot } from "./work-queue.ts";

/** A progress that was true for shorter than this is not written: nobody could have read it. */
const progressAfterMs = 500;

/** What the runner needs of a run besides the run itself. */
export interface RunControl<T extends ReconcilableObject> {
  run: Run<T>;
  /** The last progress message of this pass. */
  progress(): string | undefined;
  /** What `onFailure` wants to be written. */
  failurePatch(error: { reason: string }): StatusPatch<T>;
  /** Metadata of every event of the pass. */
  eventMetadata(): Readonly<Record<string, string>>;
  /** The status as it is staged, with these conditions instead of the run's. */
  statusWith(conditions: readonly Condition[], patch: StatusPatch<T>): ReconcilableStatus;
  /** Stops the timers of the pass; progress is not written from here on. */
  end(): void;
  cancel(error: EddyError): void;
}

/** Options of {@link createRun}. */
export interface CreateRunOptions<T extends ReconcilableObject> {
  object: T;
  clock: Clock;
  logger: Logger;
  /** Masks the messages of conditions that the pass sets. */
  masker: ScopedMasker;
  slot: Slot;
  writer: StatusWriter<T>;
  requeueDependencyMs: number;
  publish(event: RunEvent): void;
  /** Hears of each step that ended, however it ended. */
  onStep(step: string, durationMs: number, error?: string): void;
}

/** One pass's run. */
export function createRun<T extends ReconcilableObject>(options: CreateRunOptions<T>): RunControl<T> {
  const { object, clock, logger, masker, slot, writer } = options;
  const abort = new AbortController();
  const staged: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  let conditions: Condition[] = [...(object.status?.conditions ?? [])];
  let progress: { reconciling: string; ready: string | undefined } | undefined;
  let progressTimer: Cancel | undefined;
  let ended = false;
  let failurePatch: (error: { reason: string }) => StatusPatch<T> = () => ({});

  const moment = (): ConditionMoment => ({ now: new Date(clock.now()), generation: object.metadata.generation ?? 0 });
  const statusWith = (shown: readonly Condition[], patch: StatusPatch<T>): ReconcilableStatus =>
    withoutNulls({ ...object.status, ...staged, ...patch, conditions: [...shown] });
  const writeProgress = async (): Promise<void> => {
    progressTimer?.();
    // What comes after this is to be written in its turn.
    progressTimer = undefined;
    if (progress) conditions = progressConditions(conditions, moment(), progress);
    await writer.write(statusWith(conditions, {}));
  };

  const run: Run<T> = {
    object,
    ref: refOf(object),
    logger,
    startedAtMs: clock.now(),
    signal: abort.signal,
    get conditions() {
      return conditions;
    },
    async step(name, action, stepOptions = {}) {
      abort.signal.throwIfAborted();
      const startedAtMs = clock.now();
      let failure: string | undefined;
      try {
        return await action();
      } catch (error) {
        failure = masker.mask(messageOf(error));
        if (abort.signal.aborted && !(error instanceof StepError)) throw abort.signal.reason;
        throw asStepError(error, stepOptions.reason ?? "Failed", stepOptions.condition);
      } finally {
        const durationMs = clock.now() - startedAtMs;
        options.onStep(name, durationMs, failure);
        logger.log("trace", `step ${name}`, { durationMs });
      }
    },
    progress(message, ready = message) {
      progress = { reconciling: message, ready: ready ?? undefined };
      progressTimer ??= clock.after(progressAfterMs, () => {
        progressTimer = undefined;
        if (ended) return;
        writeProgress().catch((error: unknown) =>
          logger.log("debug", "write progress failed", { error: messageOf(error) }),
        );
      });
    },
    setCondition(change) {
      // Before it is compared with what was stored masked: else the condition would change with every pass.
      conditions = setConditions(conditions, moment(), { ...change, message: masker.mask(change.message) });
    },
    removeCondition(...types) {
      conditions = removeConditions(conditions, ...types);
    },
    stageStatus: (patch) => void Object.assign(staged, patch),
    async saveStatus(patch = {}) {
      Object.assign(staged, patch);
      await writeProgress();
    },
    reveal: (...texts) => masker.reveal(...texts),
    describeEvents: (more) => void Object.assign(metadata, more),
    event: options.publish,
    onFailure: (patch) => void (failurePatch = patch),
    async awaitOutside(action) {
      slot.release();
      try {
        return await action(abort.signal);
      } finally {
        await slot.retake();
      }
    },
    yieldToOthers: () => slot.yield(),
    cancelWhenRequested() {
      slot.onRequested(({ priority, because }) => {
        if (priority !== "requested" && priority !== "event") return;
        abort.abort(new EddyError("RUN_REQUESTED", because, { class: "waiting" }));
      });
    },
    succeeded: (status = {}, as = {}) => ({
      kind: "succeeded",
      reason: as.reason ?? "Succeeded",
      message: as.message ?? "",
      status,
      ...(as.requeueAfterMs === undefined ? {} : { requeueAfterMs: as.requeueAfterMs }),
      ...(as.event === undefined ? {} : { event: as.event }),
      ...(as.isRoutine === undefined ? {} : { isRoutine: as.isRoutine }),
      ...(as.bookkeeping === undefined ? {} : { bookkeeping: as.bookkeeping }),
      ...(as.rest === undefined ? {} : { rest: as.rest }),
    }),
    waiting: (reason, message, { retryAfterMs = options.requeueDependencyMs, eventMessage } = {}) => ({
      kind: "failed",
      error: new StepError(reason, message, {
        class: "waiting",
        retryAfterMs,
        ...(eventMessage === undefined ? {} : { eventMessage }),
      }),
      status: {},
    }),
    failed: (error, status = {}) => ({ kind: "failed", error: asStepError(error, "Failed"), status }),
    concluded: (conclusion, status = {}, { isRoutine } = {}) => ({
      kind: "concluded",
      conclusion,
      status,
      ...(isRoutine === undefined ? {} : { isRoutine }),
    }),
    finalized: () => ({ kind: "finalized" }),
  };
  return {
    run,
    progress: () => progress?.reconciling,
    failurePatch: (error) => failurePatch(error),
    eventMetadata: () => metadata,
    statusWith,
    end() {
      ended = true;
      progressTimer?.();
    },
    cancel: (error) => abort.abort(error),
  };
}

function withoutNulls<S extends object>(status: S): S {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== null && value !== undefined)) as S;
}
