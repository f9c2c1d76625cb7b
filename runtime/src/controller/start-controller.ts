import type { Cancel } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { formatObjectName, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import type { CacheChange, KindCache } from "./caches.ts";
import { controllerMetrics, type ControllerMetrics } from "./controller-metrics.ts";
import type { ControllerDefinition, RetryPolicy } from "./definition.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { ControllerHandle, Priority } from "./handle.ts";
import type { ReconcilableObject } from "./object.ts";
import { createPassRunner, type PassRunner } from "./pass-runner.ts";
import { planRequeue, type Next } from "./requeue.ts";
import { ensureFinalizer, type PassResult } from "./run-pass.ts";
import { priorityOf, supersedes } from "./triggers.ts";
import { watchReferences, type References } from "./watch-references.ts";
import { createWorkQueue, type QueuedRequest, type Slot, type WorkQueue } from "./work-queue.ts";

/**
 * Runs a controller until it is stopped: every object gets a pass at the start, on each change of what it says or reads,
 * when asked for by annotation, and at its interval unless it is proven that the pass would find nothing to do.
 */
export function startController<T extends ReconcilableObject, Ports>(
  definition: ControllerDefinition<T, Ports>,
  ports: Ports,
  environment: ControllerEnvironment,
): ControllerHandle {
  const controller = new RunningController(definition, ports, environment);
  return {
    started: controller.started,
    request: (ref, priority, because) => controller.request(ref, priority, because),
    idle: () => controller.idle(),
    stop: () => controller.stop(),
  };
}

class RunningController<T extends ReconcilableObject, Ports> {
  readonly started: Promise<void>;
  private readonly definition: ControllerDefinition<T, Ports>;
  private readonly environment: ControllerEnvironment;
  private readonly logger: Logger;
  private readonly metrics: ControllerMetrics;
  private readonly cache: KindCache<T>;
  private readonly runner: PassRunner<T>;
  private readonly queue: WorkQueue;
  private readonly references: References<T>;
  private readonly failures = new Map<string, number>();
  /** What the last pass came to, of objects whose rest can be seen. */
  private readonly resting = new Map<string, PassResult>();
  private unsubscribe: Cancel = () => undefined;

  constructor(definition: ControllerDefinition<T, Ports>, ports: Ports, environment: ControllerEnvironment) {
    const { clock, caches, settings } = environment;
    const { kind, name } = definition;
    this.definition = definition;
    this.environment = environment;
    this.logger = environment.logger.with({ controller: name, controllerKind: kind.kind });
    this.metrics = controllerMetrics(environment.metrics, kind.kind.toLowerCase());
    this.cache = caches.of<T>(kind, settings.labelSelector === "" ? {} : { labelSelector: settings.labelSelector });
    this.runner = createPassRunner({
      definition,
      ports,
      environment,
      cache: this.cache,
      logger: this.logger,
      keyOf,
      onStep: (step, durationMs) => this.metrics.observeStep(step, durationMs),
    });
    this.queue = createWorkQueue({
      concurrency: settings.concurrent,
      clock,
      phase: environment.random(),
      work: (...args) => this.work(...args),
    });
    this.references = watchReferences(definition, environment, (key, because) =>
      this.queue.add(key, { priority: "event", because }),
    );
    this.metrics.observeQueue(this.queue);
    this.started = this.start();
    // Who does not wait for the start is not to be killed by a stop before it.
    this.started.catch(() => undefined);
  }

  request(ref: Pick<ObjectRef, "namespace" | "name">, priority: Priority, because: string): void {
    this.queue.add(`${ref.namespace}/${ref.name}`, { priority, because });
  }

  idle(): Promise<void> {
    return this.queue.idle();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.references.stop();
    this.runner.cancelAll(cancelled("the process stops"));
    await this.queue.stop();
  }

  private async start(): Promise<void> {
    const { cache, references } = this;
    await cache.synced;
    await Promise.all([...cache.list()].map(async (object) => references.read(keyOf(object), object)));
    for (const object of cache.list()) this.onOwnChange({ before: undefined, after: object });
    this.unsubscribe = cache.subscribe((change) => this.onOwnChange(change));
  }

  private async work(key: string, request: QueuedRequest, slot: Slot): Promise<void> {
    // Intervals end together: one in a turn of the event loop, so that nobody waits for all of them.
    if (request.priority === "interval" && this.resting.has(key)) await slot.yield();
    const found = this.find(key);
    if (!found) return this.forget(key);
    const startedAtMs = this.environment.clock.now();
    const elapsedMs = (): number => this.environment.clock.now() - startedAtMs;
    const finish = (result: PassResult["result"]): void => this.metrics.observePass(found, result, elapsedMs());
    try {
      const resting = request.priority === "interval" ? this.findResting(key, found) : undefined;
      this.resting.delete(key);
      const passed = resting ?? (await this.pass(found, request, slot));
      if (!passed) return;
      if (passed.rest) this.resting.set(key, passed);
      if (resting?.rest) this.runner.tellRoutine(found, resting.rest.event(elapsedMs()));
      finish(passed.result);
      this.follow(key, found, passed.next);
    } catch (error) {
      if (hasReason(error, "NotFound")) return;
      // A conflict means that the cache is behind: the change that it brings is a pass of its own.
      const level = hasReason(error, "Conflict") ? "debug" : "error";
      this.logger.log(level, `reconcile ${key} failed`, { error: messageOf(error) });
      finish("error");
      this.follow(key, found, { kind: "backoff" });
    }
  }

  /** What the last pass came to, where nothing but time has passed since. */
  private findResting(key: string, found: T): PassResult | undefined {
    const passed = this.resting.get(key);
    if (passed?.rest?.object !== found || !passed.rest.holds()) return undefined;
    this.logger.log("debug", "nothing has changed since the last pass", { key });
    return passed;
  }

  /** One pass, unless there is nothing to be done: the object is suspended, or goes and is not ours to finalize. */
  private async pass(found: T, request: QueuedRequest, slot: Slot): Promise<PassResult | undefined> {
    const { definition, environment, logger } = this;
    const isDeleting = found.metadata.deletionTimestamp !== undefined;
    if (isDeleting && !found.metadata.finalizers?.includes(definition.finalizer)) return undefined;
    const isSuspended = definition.isSuspended ?? suspendedBySpec;
    if (!isDeleting && definition.isStatic?.(found))
      return !isSuspended(found) && isUsed(found, definition) ? this.runner.relinquish(found, slot) : undefined;
    const object = isDeleting ? found : await ensureFinalizer(found, definition, environment);
    if (object !== found) this.cache.observe(object);
    if (!isDeleting && isSuspended(object)) {
      logger.log("debug", "Reconciliation is suspended for this object", { key: keyOf(object) });
      if (definition.observesSuspended) await this.runner.observe(object, definition.observesSuspended(object));
      return undefined;
    }
    logger.log("debug", "reconcile", { key: keyOf(object), ...request });
    return this.runner.run(object, slot);
  }

  private follow(key: string, object: T, next: Next): void {
    const { settings, random } = this.environment;
    const isFailure = next.kind === "retry" || next.kind === "backoff";
    const failures = isFailure ? (this.failures.get(key) ?? 0) + 1 : 0;
    if (failures > 0) this.failures.set(key, failures);
    else this.failures.delete(key);
    const delayMs = planRequeue({ next, object, retry: this.retryOf(object), failures, random: random() }, settings);
    if (delayMs !== undefined) this.queue.addAfter(key, delayMs, { priority: "interval", because: next.kind });
  }

  private retryOf(object: T): RetryPolicy {
    try {
      return this.definition.retry?.(object) ?? { kind: "backoff" };
    } catch {
      // A spec that the schema should have refused.
      return { kind: "backoff" };
    }
  }

  private onOwnChange({ before, after }: CacheChange<T>): void {
    if (!after) {
      if (!before) return;
      this.metrics.forget(before);
      return this.forget(keyOf(before));
    }
    const key = keyOf(after);
    const ready = this.references.read(key, after);
    const priority = priorityOf(before, after);
    if (!priority) return;
    const because = formatObjectName(refOf(after));
    if (supersedes(before, after)) this.runner.cancel(key, cancelled(because));
    this.failures.delete(key);
    const ask = (): void => this.queue.add(key, { priority, because });
    if (ready) void ready.then(ask);
    else ask();
  }

  private forget(key: string): void {
    this.queue.forget(key);
    this.resting.delete(key);
    this.references.forget(key);
    this.failures.delete(key);
    this.runner.cancel(key, cancelled(`${key} was deleted`));
  }

  private find(key: string): T | undefined {
    const slash = key.indexOf("/");
    return this.cache.get(key.slice(0, slash), key.slice(slash + 1));
  }
}

function cancelled(because: string): EddyError {
  return new EddyError("RUN_CANCELLED", because, { class: "waiting" });
}

function suspendedBySpec(object: ReconcilableObject): boolean {
  return (object.spec as { suspend?: boolean }).suspend === true;
}

/** Whether a pass has left something on the object; a status of -1 is what the schema writes. */
function isUsed({ metadata, status }: ReconcilableObject, { finalizer }: { finalizer: string }): boolean {
  if (metadata.finalizers?.includes(finalizer)) return true;
  return Object.entries(status ?? {}).some(([key, value]) => key !== "observedGeneration" || value !== -1);
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}
