import type { ObjectRef } from "@eddy/core/object";

/** Why a pass was asked for, most urgent first. A pass never branches on it. */
export type Priority = "requested" | "event" | "interval" | "resync";

/** A running controller. */
export interface ControllerHandle {
  /** Resolves when the caches have been read once and every object is queued. */
  readonly started: Promise<void>;
  /** Asks for a pass over one object; `because` is logged. */
  request(ref: Pick<ObjectRef, "namespace" | "name">, priority: Priority, because: string): void;
  /** Resolves when nothing is queued or running (timers for later do not count). */
  idle(): Promise<void>;
  /** Stops taking work, cancels running passes, and resolves when the last has ended. */
  stop(): Promise<void>;
}
