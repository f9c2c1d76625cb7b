import type { Clock } from "@eddy/core/clock";
import { formatTime } from "@eddy/core/conditions";
import { refKey, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import type { ControllerEvent, EventSink } from "@eddy/runtime/events";
import { notifyPlaces } from "../workload/notify-places.ts";

/** Name of the controller in events. */
export const controllerName = "updates-controller";

/** Reasons of the events of updates. */
export type UpdateReason =
  | "UpdateCommitted"
  | "UpdateWritten"
  | "UpdateHeld"
  | "UpdateWaiting"
  | "UpdateRefused"
  | "UpdateFailed"
  | "ApprovalRequested"
  | "ApprovalMissing"
  | "InvalidPolicy";

/** Tells what becomes of objects; the same again is not news. */
export interface Reporter {
  report(object: KubeObject, reason: UpdateReason, message: string, metadata?: Readonly<Record<string, string>>): void;
  /** What hindered it is over: the same again would be news. */
  clear(ref: ObjectRef): void;
}

const errors: ReadonlySet<UpdateReason> = new Set(["UpdateRefused", "UpdateFailed", "InvalidPolicy"]);
const done: ReadonlySet<UpdateReason> = new Set(["UpdateCommitted", "UpdateWritten"]);
const maxMessage = 1_000;
/** Keel's levels of what is told in chats; voters are asked elsewhere. */
const levels: Readonly<Partial<Record<UpdateReason, string>>> = {
  UpdateCommitted: "success",
  UpdateWritten: "success",
  UpdateHeld: "info",
  UpdateWaiting: "info",
  InvalidPolicy: "warn",
  UpdateRefused: "error",
  UpdateFailed: "error",
};

/** A reporter that has told nothing yet. */
export function createReporter({
  events,
  clock,
  masker,
}: {
  events: EventSink;
  clock: Clock;
  masker: Masker;
}): Reporter {
  const told = new Map<string, Map<UpdateReason, string>>();
  return {
    report(object, reason, text, metadata = {}) {
      const message = masker.of(object.metadata.namespace).mask(text).slice(0, maxMessage);
      const ref = refOf(object);
      const known = told.get(refKey(ref)) ?? new Map<UpdateReason, string>();
      if (!done.has(reason) && known.get(reason) === message) return;
      // What was done changes everything that was told before.
      if (done.has(reason)) known.clear();
      known.set(reason, message);
      told.set(refKey(ref), known);
      const { apiVersion } = object;
      const { uid, resourceVersion } = object.metadata;
      const event: ControllerEvent = {
        involvedObject: {
          ...ref,
          apiVersion,
          ...(uid ? { uid } : {}),
          ...(resourceVersion ? { resourceVersion } : {}),
        },
        severity: errors.has(reason) ? "error" : "info",
        timestamp: formatTime(new Date(clock.now())),
        message,
        reason,
        metadata: { ...metadata, ...newsOf(object, reason) },
        reportingController: controllerName,
        reportingInstance: controllerName,
      };
      events.publish(event);
    },
    clear: (ref) => void told.delete(refKey(ref)),
  };
}

/** What those who tell of updates go by. */
function newsOf(object: KubeObject, reason: UpdateReason): Record<string, string> {
  const [level, places] = [levels[reason], notifyPlaces(object)];
  if (level === undefined) return {};
  return { "keel.sh/level": level, ...(places === "" ? {} : { "keel.sh/notify": places.slice(0, maxMessage) }) };
}
