/**
 * How a controller runs: queue, conditions, events, requeues.
 *
 * Not the place of any kind's policy. Entry points: {@link defineController} and {@link startController}.
 */
export type { CacheChange, CacheOptions, Caches, KindCache } from "./caches.ts";
export { createCaches, isNewer, type CreateCachesOptions } from "./create-caches.ts";
export { suspendedConditions } from "./conditions.ts";
export {
  defineController,
  type ControllerDefinition,
  type ForeignDefinition,
  type ForeignReference,
  type RetryPolicy,
  type WatchDefinition,
} from "./definition.ts";
export { defaultSettings, type ControllerEnvironment, type ControllerSettings } from "./environment.ts";
export type { ControllerHandle, Priority } from "./handle.ts";
export type { ReconcilableObject, ReconcilableStatus, StatusOf } from "./object.ts";
export type { Conclusion, Outcome, Rest, StatusPatch } from "./outcome.ts";
export type { Next } from "./requeue.ts";
export { startController } from "./start-controller.ts";
export { startWhenUsed, type StartLoaded } from "./start-when-used.ts";
export type { Run, RunEvent, StepOptions, SucceededOptions, WaitingOptions } from "./run.ts";
export { startWhenMarked } from "./start-when-marked.ts";
export { watchMarked, type MarkedObject, type MarkedObjects, type WatchMarkedOptions } from "./watch-marked.ts";
export { createWorkQueue, type QueuedRequest, type WorkQueue, type WorkQueueOptions } from "./work-queue.ts";
export { StepError, asStepError, type StepErrorOptions } from "./step-error.ts";
