/**
 * What controllers report: Kubernetes Events and an in-process bus.
 *
 * Not notification delivery (`controllers/notification` is). Entry points: {@link createEventBus} and {@link recordEvents}.
 */
export { createEventBus, type EventBus } from "./bus.ts";
export type { ControllerEvent, EventSink } from "./event.ts";
export { recordEvents, type EventRecorder, type RecordEventsOptions } from "./record-events.ts";
