import { requestedAtAnnotation } from "@eddy/api";
import type { Cancel } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import { formatTime } from "@eddy/core/conditions";
import { formatObjectName, refOf, type KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import type { CacheChange, KindCache } from "./caches.ts";
import { controllerMetrics } from "./controller-metrics.ts";
import { createRun, type RunControl } from "./create-run.ts";
import type { ControllerDefinition, WatchDefinition } from "./definition.ts";
import { createDependents } from "./dependents.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { ControllerHandle, Priority } from "./handle.ts";
import type { ReconcilableObject } from "./object.ts";
import { backoffDelay, intervalOf, jitter } from "./requeue.ts";
import { callPass, ensureFinalizer, removeFinalizer, settle, type Next, type PassResult } from "./run-pass.ts";
import type { RunEvent } from "./run.ts";
import { createStatusWriter } from "./status-writer.ts";
import { createWorkQueue, type QueuedRequest, type Slot } from "./work-queue.ts";

/**
 * Runs a controller until it is stopped: every object gets a pass at the start, on each change of what it says or reads,
 * when asked for by annotation, and at its interval.
 */
export function startController<T extends ReconcilableObject, Ports>(
  definition: ControllerDefinition<T, Ports>,
  ports: Ports,
  environment: ControllerEnvironment,
): ControllerHandle {
  const { clock, caches, settings, kube } = environment;
  const logger = environment.logger.with({ controller: definition.name, controllerKind: definition.kind.kind });
  const metrics = controllerMetrics(environment.metrics, definition.kind.kind.toLowerCase());
  const cache = caches.of<T>(
    definition.kind,
    settings.labelSelector === "" ? {} : { labelSelector: settings.labelSelector },
  );
  const dependents = createDependents();
  const failures = new Map<string, number>();
  const running = new Map<string, RunControl<T>>();
  const cancels: Cancel[] = [];

  const queue = createWorkQueue({
    concurrency: settings.concurrent,
    clock,
    work: (key, request, slot) => work(key, request, slot),
  });
  metrics.observeQueue(queue);

  const publisher =
    (object: T, control: () => RunControl<T> | undefined) =>
    (event: RunEvent): void => {
      const { metadata } = object;
      environment.events.publish({
        involvedObject: {
          ...refOf(object),
          apiVersion: object.apiVersion,
          ...pick(metadata, "uid", "resourceVersion"),
        },
        severity: event.severity,
        timestamp: formatTime(new Date(clock.now())),
        reason: event.reason,
        message: environment.masker.mask(event.message),
        metadata: { ...annotatedMetadata(object), ...control()?.eventMetadata(), ...event.metadata },
        reportingController: definition.name,
        reportingInstance: definition.name,
      });
    };

  const pass = async (object: T, slot: Slot): Promise<PassResult> => {
    const key = keyOf(object);
    const writer = createStatusWriter({
      kube,
      key: { ...refOf(object), version: definition.kind.version },
      fieldManager: definition.fieldManager,
      object,
      onWritten: (written) => cache.observe(written),
    });
    const publish = publisher(object, () => control);
    const control: RunControl<T> = createRun({
      object,
      clock,
      logger: logger.with({ name: object.metadata.name, namespace: object.metadata.namespace }),
      slot,
      writer,
      requeueDependencyMs: settings.requeueDependencyMs,
      publish,
    });
    running.set(key, control);
    try {
      if (object.metadata.deletionTimestamp !== undefined) return await finalize(object, control);
      const outcome = await callPass(definition, control.run, ports);
      return await settle(outcome, control, writer, {
        environment,
        publish,
        negative: definition.negativeConditions ?? [],
      });
    } finally {
      control.end();
      running.delete(key);
    }
  };

  const finalize = async (object: T, { run }: RunControl<T>): Promise<PassResult> => {
    const outcome = (await definition.finalize?.(run, ports)) ?? run.finalized();
    if (outcome.kind === "failed") return { next: { kind: "retry" }, result: "error" };
    await removeFinalizer(object, definition, environment);
    return { next: { kind: "onChange" }, result: "success" };
  };

  const work = async (key: string, request: QueuedRequest, slot: Slot): Promise<void> => {
    const found = find(cache, key);
    if (!found) return forget(key);
    const startedAtMs = clock.now();
    const deleting = found.metadata.deletionTimestamp !== undefined;
    if (deleting && !found.metadata.finalizers?.includes(definition.finalizer)) return;
    try {
      const object = deleting ? found : await ensureFinalizer(found, definition, environment);
      if (object !== found) cache.observe(object);
      if (!deleting && isSuspended(object))
        return logger.log("debug", "Reconciliation is suspended for this object", { key });
      logger.log("debug", "reconcile", { key, priority: request.priority, because: request.because });
      const result = await pass(object, slot);
      metrics.observePass(object, result.result, clock.now() - startedAtMs);
      follow(key, object, result.next);
    } catch (error) {
      if (hasReason(error, "NotFound")) return;
      logger.log("error", `reconcile ${key} failed`, { error: messageOf(error) });
      metrics.observePass(found, "error", clock.now() - startedAtMs);
      // A conflict means that the cache is behind: the change that it brings is a pass of its own.
      follow(key, found, { kind: "retry" });
    }
  };

  const follow = (key: string, object: T, next: Next): void => {
    const retry = next.kind === "retry" ? (definition.retry?.(object) ?? { kind: "backoff" as const }) : undefined;
    if (!retry) failures.delete(key);
    if (retry?.kind === "backoff") {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const delayMs = backoffDelay(count, settings.minRetryDelayMs, settings.maxRetryDelayMs);
      return queue.addAfter(key, jitter(delayMs, settings.intervalJitterPercentage, environment.random()), {
        priority: "interval",
        because: "retry",
      });
    }
    if (retry?.kind === "fixed") return queue.addAfter(key, retry.delayMs, { priority: "interval", because: "retry" });
    if (next.kind === "after") return queue.addAfter(key, next.afterMs, { priority: "interval", because: "requeue" });
    if (next.kind !== "interval") return;
    const intervalMs = next.afterMs ?? intervalOf(object);
    if (intervalMs === undefined) return;
    queue.addAfter(key, jitter(intervalMs, settings.intervalJitterPercentage, environment.random()), {
      priority: "interval",
      because: "interval",
    });
  };

  const forget = (key: string): void => {
    queue.forget(key);
    dependents.delete(key);
    failures.delete(key);
    running.get(key)?.cancel(cancelled(`${key} was deleted`));
  };

  const onOwnChange = ({ before, after }: CacheChange<T>): void => {
    if (!after) {
      if (before) {
        forget(keyOf(before));
        metrics.forget(before);
      }
      return;
    }
    const key = keyOf(after);
    dependents.set(key, definition.references(after));
    const priority = priorityOf(before, after);
    if (!priority) return;
    if (before) running.get(key)?.cancel(cancelled(formatObjectName(refOf(after))));
    failures.delete(key);
    queue.add(key, { priority, because: formatObjectName(refOf(after)) });
  };

  const watch = ({ kind, matters, ...cacheOptions }: WatchDefinition): Promise<void> => {
    const watched = caches.of(kind, cacheOptions);
    cancels.push(
      watched.subscribe(({ before, after }) => {
        const object = after ?? before;
        if (!object || (matters && !matters(before, after))) return;
        const ref = { ...refOf(object), group: kind.group, kind: kind.kind };
        for (const key of dependents.of(ref)) queue.add(key, { priority: "event", because: formatObjectName(ref) });
      }),
    );
    return watched.synced;
  };

  const start = async (): Promise<void> => {
    await Promise.all(definition.watches.map(watch));
    cancels.push(cache.subscribe(onOwnChange));
    for (const object of cache.list()) onOwnChange({ before: undefined, after: object });
    await cache.synced;
  };

  return {
    started: start(),
    request: (ref, priority: Priority, because) => queue.add(`${ref.namespace}/${ref.name}`, { priority, because }),
    idle: () => queue.idle(),
    async stop() {
      for (const cancel of cancels) cancel();
      for (const control of running.values()) control.cancel(cancelled("the process stops"));
      await queue.stop();
    },
  };
}

/** Whether a change of the object itself is worth a pass, and how urgent it is. Source: Flux spec 3.0 "Triggers". */
export function priorityOf(before: ReconcilableObject | undefined, after: ReconcilableObject): Priority | undefined {
  const requestedAt = after.metadata.annotations?.[requestedAtAnnotation];
  if (requestedAt !== undefined && requestedAt !== after.status?.lastHandledReconcileAt) {
    if (before?.metadata.annotations?.[requestedAtAnnotation] !== requestedAt) return "requested";
  }
  if (!before) return after.status?.observedGeneration === after.metadata.generation ? "resync" : "event";
  if (before.metadata.uid !== after.metadata.uid || before.metadata.generation !== after.metadata.generation)
    return "event";
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined) return "event";
  return undefined;
}

function cancelled(because: string): EddyError {
  return new EddyError("RUN_CANCELLED", because, { class: "waiting" });
}

function isSuspended(object: ReconcilableObject): boolean {
  return (object.spec as { suspend?: boolean }).suspend === true;
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

function find<T extends KubeObject>(cache: KindCache<T>, key: string): T | undefined {
  const slash = key.indexOf("/");
  return cache.get(key.slice(0, slash), key.slice(slash + 1));
}

function annotatedMetadata(object: KubeObject): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(object.metadata.annotations ?? {})) {
    if (name.startsWith("event.toolkit.fluxcd.io/")) found[name] = value;
  }
  return found;
}

function pick(
  metadata: KubeObject["metadata"],
  ...names: ("uid" | "resourceVersion")[]
): { uid?: string; resourceVersion?: string } {
  return Object.fromEntries(names.filter((name) => metadata[name] !== undefined).map((name) => [name, metadata[name]]));
}
