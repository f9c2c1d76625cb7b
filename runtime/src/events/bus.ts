import type { Cancel } from "@eddy/core/clock";
import type { ControllerEvent, EventSink } from "./event.ts";

/** The in-process way of events: to Kubernetes, to the terminal of `eddy up`, to notifications. */
export interface EventBus extends EventSink {
  /** Calls `listener` for each later event, in order; one that throws loses its own event only. */
  subscribe(listener: (event: ControllerEvent) => void): Cancel;
}

/** A bus without listeners. `onListenerError` hears what a listener threw. */
export function createEventBus(onListenerError: (error: unknown) => void): EventBus {
  const listeners = new Set<(event: ControllerEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
