import type { Cancel } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import { formatObjectName, refOf, type KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import type { CacheChange } from "./caches.ts";
import { controllerMetrics } from "./controller-metrics.ts";
import type { ControllerDefinition, RetryPolicy } from "./definition.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { ControllerHandle } from "./handle.ts";
import type { ReconcilableObject } from "./object.ts";
import { createPassRunner } from "./pass-runner.ts";
import { planRequeue, type Next } from "./requeue.ts";
import { ensureFinalizer } from "./run-pass.ts";
import { priorityOf, supersedes } from "./triggers.ts";
import { watchReferences } from "./watch-references.ts";
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
  const { clock, caches, settings } = environment;
  const logger = environment.logger.with({ controller: definition.name, controllerKind: definition.kind.kind });
  const metrics = controllerMetrics(environment.metrics, definition.kind.kind.toLowerCase());
  const cache = caches.of<T>(
    definition.kind,
    settings.labelSelector === "" ? {} : { labelSelector: settings.labelSelector },
  );
  const runner = createPassRunner({ definition, ports, environment, cache, logger, keyOf });
  const queue = createWorkQueue({ concurrency: settings.concurrent, clock, work });
  const references = watchReferences(definition, environment, (key, because) =>
    queue.add(key, { priority: "event", because }),
  );
  const failures = new Map<string, number>();
  metrics.observeQueue(queue);

  async function work(key: string, request: QueuedRequest, slot: Slot): Promise<void> {
    const found = findByKey(key);
    if (!found) return forget(key);
    const deleting = found.metadata.deletionTimestamp !== undefined;
    if (deleting && !found.metadata.finalizers?.includes(definition.finalizer)) return;
    const startedAtMs = clock.now();
    try {
      const object = deleting ? found : await ensureFinalizer(found, definition, environment);
      if (object !== found) cache.observe(object);
      if (!deleting && isSuspended(object))
        return logger.log("debug", "Reconciliation is suspended for this object", { key });
      logger.log("debug", "reconcile", { key, ...request });
      const { next, result } = await runner.run(object, slot);
      metrics.observePass(object, result, clock.now() - startedAtMs);
      follow(key, object, next);
    } catch (error) {
      if (hasReason(error, "NotFound")) return;
      // A conflict means that the cache is behind: the change that it brings is a pass of its own.
      logger.log(hasReason(error, "Conflict") ? "debug" : "error", `reconcile ${key} failed`, {
        error: messageOf(error),
      });
      metrics.observePass(found, "error", clock.now() - startedAtMs);
      follow(key, found, { kind: "backoff" });
    }
  }

  function follow(key: string, object: T, next: Next): void {
    const isFailure = next.kind === "retry" || next.kind === "backoff";
    const count = isFailure ? (failures.get(key) ?? 0) + 1 : 0;
    if (count > 0) failures.set(key, count);
    else failures.delete(key);
    const retry = retryOf(object);
    const delayMs = planRequeue({ next, object, retry, failures: count, random: environment.random() }, settings);
    if (delayMs !== undefined) queue.addAfter(key, delayMs, { priority: "interval", because: next.kind });
  }

  function retryOf(object: T): RetryPolicy {
    try {
      return definition.retry?.(object) ?? { kind: "backoff" };
    } catch {
      // A spec that the schema should have refused.
      return { kind: "backoff" };
    }
  }

  function forget(key: string): void {
    queue.forget(key);
    references.forget(key);
    failures.delete(key);
    runner.cancel(key, cancelled(`${key} was deleted`));
  }

  function onOwnChange({ before, after }: CacheChange<T>): void {
    if (!after) {
      if (!before) return;
      metrics.forget(before);
      return forget(keyOf(before));
    }
    const key = keyOf(after);
    const ready = references.read(key, after);
    const priority = priorityOf(before, after);
    if (!priority) return;
    const because = formatObjectName(refOf(after));
    if (supersedes(before, after)) runner.cancel(key, cancelled(because));
    failures.delete(key);
    const ask = (): void => queue.add(key, { priority, because });
    if (ready) void ready.then(ask);
    else ask();
  }

  let unsubscribe: Cancel = () => undefined;
  const start = async (): Promise<void> => {
    await cache.synced;
    await Promise.all(Array.from(cache.list(), (object) => references.read(keyOf(object), object)));
    for (const object of cache.list()) onOwnChange({ before: undefined, after: object });
    unsubscribe = cache.subscribe(onOwnChange);
  };
  const started = start();
  // Who does not wait for the start is not to be killed by a stop before it.
  started.catch(() => undefined);

  function findByKey(key: string): T | undefined {
    const slash = key.indexOf("/");
    return cache.get(key.slice(0, slash), key.slice(slash + 1));
  }

  return {
    started,
    request: (ref, priority, because) => queue.add(`${ref.namespace}/${ref.name}`, { priority, because }),
    idle: () => queue.idle(),
    async stop() {
      unsubscribe();
      references.stop();
      runner.cancelAll(cancelled("the process stops"));
      await queue.stop();
    },
  };
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
