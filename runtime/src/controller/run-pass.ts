import { requestedAtAnnotation } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import { formatObjectName, refOf } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { KubeApiError, KubeConnectionError, hasReason } from "@eddy/kube";
import {
  concludeConditions,
  settleConditions,
  type ConditionMoment,
  type SettleOptions,
  type Settled,
} from "./conditions.ts";
import { determineConsequence } from "./consequence.ts";
import type { RunControl } from "./create-run.ts";
import type { Next } from "./requeue.ts";
import type { ControllerDefinition } from "./definition.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { ReconcilableObject, ReconcilableStatus } from "./object.ts";
import type { Conclusion, Outcome, Rest } from "./outcome.ts";
import type { Run, RunEvent } from "./run.ts";
import { StepError, asStepError } from "./step-error.ts";
import type { StatusWriter } from "./status-writer.ts";

/** What a pass came to, for logs and metrics. */
export interface PassResult {
  next: Next;
  result: "success" | "error" | "requeue_after";
  /** The object as the pass left it, and how to see that another pass over it would have nothing to do. */
  rest?: { object: ReconcilableObject } & Rest;
}

/** Calls the kind's pass and turns whatever it throws into an outcome. */
export async function callPass<T extends ReconcilableObject, Ports>(
  definition: ControllerDefinition<T, Ports>,
  run: Run<T>,
  ports: Ports,
): Promise<Outcome<T>> {
  try {
    return await definition.reconcile(run, ports);
  } catch (error) {
    if (run.signal.aborted && !(error instanceof StepError)) return { kind: "superseded" };
    if (error instanceof EddyError && supersedingCodes.has(error.code)) return { kind: "superseded" };
    return { kind: "failed", error: asStepError(error, "Failed"), status: {} };
  }
}

const supersedingCodes: ReadonlySet<string> = new Set(["RUN_CANCELLED", "RUN_REQUESTED"]);

/** Writes what an outcome leaves behind and says what follows. */
export async function settle<T extends ReconcilableObject>(
  outcome: Outcome<T>,
  control: RunControl<T>,
  writer: StatusWriter<T>,
  options: {
    environment: ControllerEnvironment;
    negative: readonly string[];
    retryingReason?: string | undefined;
    observesGeneration: boolean;
    masker: Pick<Masker, "mask">;
    publish(event: RunEvent): void;
    writeLater(write: () => Promise<unknown>): Promise<void>;
  },
): Promise<PassResult> {
  control.end();
  if (outcome.kind === "superseded" || outcome.kind === "finalized")
    return { next: { kind: "onChange" }, result: "success" };
  const { environment, publish } = options;
  const { run } = control;
  const moment = { now: new Date(environment.clock.now()), generation: run.object.metadata.generation ?? 0 };
  const masked = maskOutcome(outcome, options.masker);
  const settled = settledBy(masked, control, moment, options);
  const status = {
    ...control.statusWith(settled.conditions, {
      ...(masked.kind === "failed" ? control.failurePatch(masked.error) : {}),
      ...outcome.status,
    }),
    ...(settled.observed && options.observesGeneration ? { observedGeneration: moment.generation } : {}),
    ...requestHandled(run.object),
  };
  const isRoutine = masked.kind !== "failed" && masked.isRoutine === true;
  let written: T | undefined;
  const write = async (): Promise<void> => {
    written = await writer.write(status, masked.kind === "succeeded" && isRoutine ? masked.bookkeeping : []);
  };
  await (isRoutine ? options.writeLater(write) : write());
  if (masked.kind === "concluded") return resultOf(masked.conclusion);
  if (masked.kind === "succeeded") {
    if (masked.event) publish(isRoutine && !written ? { ...masked.event, isRoutine } : masked.event);
    const next: Next = { kind: "interval", afterMs: masked.requeueAfterMs };
    const left = !written ? run.object : isOwnWrite(run.object, written, status) ? written : undefined;
    return { next, result: "success", ...(masked.rest && left ? { rest: { object: left, ...masked.rest } } : {}) };
  }
  const { error } = masked;
  const text = error.eventMessage ?? error.message;
  if (text !== "") publish({ severity: error.severity, reason: error.reason, message: text });
  run.logger.log(error.severity, text === "" ? error.message : text, { reason: error.reason });
  return {
    next: nextOf(error, environment.settings.requeueDependencyMs),
    result: error.class === "waiting" ? "requeue_after" : "error",
  };
}

/** Whether nothing but this status was written between these two versions. */
function isOwnWrite(before: ReconcilableObject, after: ReconcilableObject, status: ReconcilableStatus): boolean {
  const { resourceVersion: _, managedFields: __, ...was } = before.metadata;
  const { resourceVersion: ___, managedFields: ____, ...is } = after.metadata;
  return deepEqual(was, is) && deepEqual(after.status, status);
}

/** What the status says of the last request. */
export function requestHandled({ metadata }: ReconcilableObject): Pick<ReconcilableStatus, "lastHandledReconcileAt"> {
  const requestedAt = metadata.annotations?.[requestedAtAnnotation];
  return requestedAt === undefined ? {} : { lastHandledReconcileAt: requestedAt };
}

type SettledOutcome<T extends ReconcilableObject> = Extract<Outcome<T>, { kind: "succeeded" | "failed" | "concluded" }>;

function settledBy<T extends ReconcilableObject>(
  outcome: SettledOutcome<T>,
  control: RunControl<T>,
  moment: ConditionMoment,
  { negative, retryingReason }: Pick<SettleOptions, "negative" | "retryingReason">,
): Settled {
  const { conditions } = control.run;
  if (outcome.kind === "concluded") return concludeConditions(conditions, outcome.conclusion, moment);
  return settleConditions(conditions, outcome, moment, { negative, retryingReason, progress: control.progress() });
}

function resultOf({ ready, next }: Conclusion): PassResult {
  if (ready.status === "True") return { next, result: "success" };
  return { next, result: next.kind === "after" ? "requeue_after" : "error" };
}

function nextOf(error: StepError, requeueDependencyMs: number): Next {
  const { requeue } = determineConsequence(error);
  if (requeue === "after") return { kind: "after", afterMs: error.retryAfterMs ?? requeueDependencyMs };
  return requeue === "retry" && isPassingFailure(error) ? { kind: "backoff" } : { kind: requeue };
}

// No answer, too busy, or broken: it passes by itself, and soon.
function isPassingFailure(error: unknown): boolean {
  if (error instanceof KubeConnectionError) return true;
  if (error instanceof EddyError && error.code === "ARTIFACT_UNREACHABLE") return true;
  if (error instanceof KubeApiError) return error.status.code >= 500 || error.status.code === 429;
  return error instanceof Error && error.cause !== undefined && isPassingFailure(error.cause);
}

function maskOutcome<T extends ReconcilableObject>(
  outcome: SettledOutcome<T>,
  masker: Pick<Masker, "mask">,
): SettledOutcome<T> {
  if (outcome.kind === "concluded") return { ...outcome, conclusion: maskConclusion(outcome.conclusion, masker) };
  if (outcome.kind === "succeeded") return { ...outcome, message: masker.mask(outcome.message) };
  const { error } = outcome;
  const message = masker.mask(error.message);
  if (message === error.message) return outcome;
  const { reason, readyReason, severity, condition, retryAfterMs, eventMessage } = error;
  const masked = new StepError(reason, message, {
    class: error.class,
    readyReason,
    severity,
    cause: error.cause,
    ...(condition === undefined ? {} : { condition }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(eventMessage === undefined ? {} : { eventMessage: masker.mask(eventMessage) }),
  });
  return { ...outcome, error: masked };
}

function maskConclusion(conclusion: Conclusion, { mask }: Pick<Masker, "mask">): Conclusion {
  const { ready, stalled, retrying } = conclusion;
  return {
    ...conclusion,
    ready: { ...ready, message: mask(ready.message) },
    ...(stalled ? { stalled: { ...stalled, message: mask(stalled.message) } } : {}),
    ...(retrying === undefined ? {} : { retrying: mask(retrying) }),
  };
}

/** The object with the finalizer, added when it lacks it. Fails with 409 when somebody changed it in between. */
export async function ensureFinalizer<T extends ReconcilableObject>(
  object: T,
  { finalizer, fieldManager, kind }: Pick<ControllerDefinition<T, never>, "finalizer" | "fieldManager" | "kind">,
  { kube }: ControllerEnvironment,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return object;
  const { resourceVersion } = object.metadata;
  const metadata = {
    finalizers: [...finalizers, finalizer],
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return kube.patch<T>({ ...refOf(object), version: kind.version }, "merge", { metadata }, { fieldManager });
}

/** Takes the finalizer off, so that the object goes. An object that is gone already is no error. */
export async function removeFinalizer<T extends ReconcilableObject>(
  object: T,
  { finalizer, fieldManager, kind }: Pick<ControllerDefinition<T, never>, "finalizer" | "fieldManager" | "kind">,
  { kube, logger }: ControllerEnvironment,
): Promise<void> {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  const { resourceVersion } = object.metadata;
  const metadata = { finalizers, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  try {
    await kube.patch({ ...refOf(object), version: kind.version }, "merge", { metadata }, { fieldManager });
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
    logger.log("debug", `${formatObjectName(refOf(object))} is gone already`, { error: messageOf(error) });
  }
}
