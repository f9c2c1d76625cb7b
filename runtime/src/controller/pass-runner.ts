import { formatTime } from "@eddy/core/conditions";
import type { EddyError } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { refOf, type KubeObject } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { eventAnnotationPrefix } from "@eddy/api";
import type { KindCache } from "./caches.ts";
import { createRun, type RunControl } from "./create-run.ts";
import type { ControllerDefinition } from "./definition.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { ReconcilableObject, ReconcilableStatus } from "./object.ts";
import { callPass, removeFinalizer, requestHandled, settle, type PassResult } from "./run-pass.ts";
import type { RunEvent } from "./run.ts";
import { createSemaphore } from "./semaphore.ts";
import { createStatusWriter, type StatusWriter } from "./status-writer.ts";
import { tracePass } from "./trace-pass.ts";
import type { Slot } from "./work-queue.ts";

/** Runs passes of one controller. */
export interface PassRunner<T extends ReconcilableObject> {
  /** One pass, or the finalizer's work for a deleted object. Rejects when its outcome could not be written. */
  run(object: T, slot: Slot): Promise<PassResult>;
  /** Takes back what passes left on an object that is static now: what `finalize` removes, the status, the finalizer. */
  relinquish(object: T, slot: Slot): Promise<PassResult>;
  /** Writes of a suspended object that its last request was handled, and that its spec was seen. */
  observe(object: T, isSpecSeen: boolean): Promise<void>;
  /** Tells what a pass of routine would tell. */
  tellRoutine(object: T, event: RunEvent): void;
  /** Cancels the pass over this key, if one runs. */
  cancel(key: string, reason: EddyError): void;
  cancelAll(reason: EddyError): void;
}

interface Pass<T extends ReconcilableObject> {
  control: RunControl<T>;
  finish(): Promise<PassResult>;
  relinquish(): Promise<PassResult>;
}

/** Options of {@link createPassRunner}. */
export interface PassRunnerOptions<T extends ReconcilableObject, Ports> {
  definition: ControllerDefinition<T, Ports>;
  ports: Ports;
  environment: ControllerEnvironment;
  cache: KindCache<T>;
  logger: Logger;
  keyOf(object: KubeObject): string;
  onStep(step: string, durationMs: number): void;
}

const routineWriteLimit = 4;

/** A runner without passes. */
export function createPassRunner<T extends ReconcilableObject, Ports>(
  options: PassRunnerOptions<T, Ports>,
): PassRunner<T> {
  const { definition, ports, environment, cache, logger, keyOf } = options;
  const running = new Map<string, RunControl<T>>();
  const routineWrites = createSemaphore(routineWriteLimit);

  const writerOf = (object: T): StatusWriter<T> =>
    createStatusWriter({
      kube: environment.kube,
      key: { ...refOf(object), version: definition.kind.version },
      fieldManager: definition.fieldManager,
      object,
      onWritten: (written) => cache.observe(written),
    });
  const start = (object: T, slot: Slot): Pass<T> => {
    const writer = writerOf(object);
    const masker = environment.masker.of(object.metadata.namespace);
    masker.reveal(object.kind, object.metadata.namespace, object.metadata.name);
    const trace = environment.tracer && tracePass(object, environment.tracer, masker);
    const publish = (event: RunEvent): void => {
      trace?.told(event);
      publishEvent(event, object, control.eventMetadata(), definition, { ...environment, masker });
    };
    const control: RunControl<T> = createRun({
      object,
      clock: environment.clock,
      logger: logger.with({ name: object.metadata.name, namespace: object.metadata.namespace }),
      masker,
      slot,
      writer,
      requeueDependencyMs: environment.settings.requeueDependencyMs,
      publish,
      onStep(step, durationMs, error) {
        options.onStep(step, durationMs);
        trace?.pass.step(step, durationMs, error);
      },
    });
    // A commit that touches one of a hundred objects is applied before the other ninety-nine say that they have seen it.
    const writeLater = (write: () => Promise<unknown>): Promise<void> =>
      control.run.awaitOutside(() => routineWrites.run(write));
    const finish = async (): Promise<PassResult> => {
      const result = await work();
      trace?.end(result.result, control.eventMetadata());
      return result;
    };
    const work = async (): Promise<PassResult> => {
      if (object.metadata.deletionTimestamp !== undefined) return finalize(object, control);
      const outcome = await callPass(definition, control.run, ports);
      return settle(outcome, control, writer, {
        environment,
        masker,
        publish,
        writeLater,
        negative: definition.negativeConditions ?? [],
        retryingReason: definition.retryingReason,
        observesGeneration: definition.observesGeneration ?? true,
      });
    };
    const relinquish = async (): Promise<PassResult> => {
      const outcome = await definition.finalize?.(control.run, ports);
      if (outcome?.kind === "failed") return { next: { kind: "backoff" }, result: "error" };
      const written = await writer.write({});
      const left = written ?? object;
      if (left.metadata.finalizers?.includes(definition.finalizer))
        await removeFinalizer(left, definition, environment);
      return { next: { kind: "onChange" }, result: "success" };
    };
    return { control, finish, relinquish };
  };
  const finalize = async (object: T, { run }: RunControl<T>): Promise<PassResult> => {
    const outcome = (await definition.finalize?.(run, ports)) ?? run.finalized();
    if (outcome.kind === "failed") return { next: { kind: "backoff" }, result: "error" };
    await removeFinalizer(object, definition, environment);
    return { next: { kind: "onChange" }, result: "success" };
  };

  const observedWhenSuspended = ({ metadata, status }: T): ReconcilableStatus => {
    const generation = metadata.generation ?? 0;
    const moment = { now: new Date(environment.clock.now()), generation };
    const conditions = status?.conditions && definition.conditionsWhenSuspended?.(status.conditions, moment);
    return { observedGeneration: generation, ...(conditions ? { conditions } : {}) };
  };

  const during = async (object: T, control: RunControl<T>, work: () => Promise<PassResult>): Promise<PassResult> => {
    running.set(keyOf(object), control);
    try {
      return await work();
    } finally {
      control.end();
      running.delete(keyOf(object));
    }
  };

  return {
    run(object, slot) {
      const { control, finish } = start(object, slot);
      return during(object, control, finish);
    },
    async observe(object, isSpecSeen) {
      const seen = isSpecSeen ? observedWhenSuspended(object) : {};
      await writerOf(object).write({ ...object.status, ...seen, ...requestHandled(object) });
    },
    relinquish(object, slot) {
      const { control, relinquish } = start(object, slot);
      return during(object, control, relinquish);
    },
    tellRoutine: (object, event) => {
      const masker = environment.masker.of(object.metadata.namespace);
      publishEvent({ ...event, isRoutine: true }, object, {}, definition, { ...environment, masker });
    },
    cancel: (key, reason) => running.get(key)?.cancel(reason),
    cancelAll(reason) {
      for (const control of running.values()) control.cancel(reason);
    },
  };
}

function publishEvent(
  event: RunEvent,
  object: ReconcilableObject,
  metadata: Readonly<Record<string, string>>,
  { name }: { name: string },
  { events, clock, masker }: Pick<ControllerEnvironment, "events" | "clock"> & { masker: Pick<Masker, "mask"> },
): void {
  const { uid, resourceVersion, annotations = {} } = object.metadata;
  const copied = Object.entries(annotations).filter(([key]) => key.startsWith(eventAnnotationPrefix));
  events.publish({
    involvedObject: {
      ...refOf(object),
      apiVersion: object.apiVersion,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    severity: event.severity,
    timestamp: formatTime(new Date(clock.now())),
    reason: event.reason,
    message: masker.mask(event.message),
    metadata: { ...Object.fromEntries(copied), ...metadata, ...event.metadata },
    ...(event.isRoutine ? { isRoutine: true } : {}),
    reportingController: name,
    reportingInstance: name,
  });
}
