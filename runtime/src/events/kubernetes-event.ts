import type { KubeObject } from "@eddy/core/object";
import type { ControllerEvent } from "./event.ts";

/** Longest message of an event, in UTF-16 units. Source: Flux events, spec 3.0. */
const maxMessageLength = 39_000;

/** How often one event happened. Times are RFC 3339. */
export interface EventSeries {
  /** Name of the Event object. */
  name: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
}

/**
 * Events with the same key are one Kubernetes Event that counts: the same object, reason and text, and every "next run"
 * message of an object whatever its duration.
 */
export function seriesKeyOf(event: ControllerEvent): string {
  const { group, kind, namespace, name, uid = "" } = event.involvedObject;
  const isRoutine = Object.entries(event.metadata).some(
    ([key, value]) => key.endsWith("/commit_status") && value === "update",
  );
  return [
    group,
    kind,
    namespace,
    name,
    uid,
    event.severity === "error",
    event.reason,
    isRoutine ? "" : event.message,
  ].join("|");
}

/** The `v1` Event that upstream's recorder writes for this: metadata become annotations. */
export function kubernetesEvent(event: ControllerEvent, series: EventSeries): KubeObject {
  const { group: _, ...involved } = event.involvedObject;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: series.name,
      namespace: involved.namespace === "" ? "default" : involved.namespace,
      ...(Object.keys(event.metadata).length === 0 ? {} : { annotations: { ...event.metadata } }),
    },
    involvedObject: involved,
    reason: event.reason,
    message: event.message.slice(0, maxMessageLength),
    type: event.severity === "error" ? "Warning" : "Normal",
    source: { component: event.reportingController },
    reportingComponent: event.reportingController,
    reportingInstance: event.reportingInstance,
    firstTimestamp: series.firstTimestamp,
    lastTimestamp: series.lastTimestamp,
    count: series.count,
  };
}
