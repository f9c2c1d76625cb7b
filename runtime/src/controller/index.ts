/**
 * How a controller runs: queue, conditions, events, requeues.
 *
 * Not the place of any kind's policy. Entry points: {@link defineController} and `startController`.
 */
export type { CacheChange, CacheOptions, Caches, KindCache } from "./caches.ts";
export { defineController, type ControllerDefinition, type RetryPolicy, type WatchDefinition } from "./definition.ts";
export { defaultSettings, type ControllerEnvironment, type ControllerSettings } from "./environment.ts";
export type { ControllerHandle, Priority } from "./handle.ts";
export { requestedAtAnnotation, type ReconcilableObject, type ReconcilableStatus, type StatusOf } from "./object.ts";
export type { Outcome, StatusPatch } from "./outcome.ts";
export type { Run, RunEvent, StepOptions } from "./run.ts";
export { StepError, asStepError, type StepErrorOptions } from "./step-error.ts";
