import type { ControllerEvent } from "@eddy/runtime/events";

/** An event as Flux's controllers post it. Source: Flux `events/v1beta1`. */
export interface FluxEvent {
  involvedObject: InvolvedObject;
  severity: string;
  /** RFC 3339 in UTC, to the second; null where whoever reported it said nothing. */
  timestamp: string | null;
  message: string;
  reason: string;
  metadata?: Record<string, string>;
  reportingController: string;
  reportingInstance?: string;
}

/** The object that an event is about. */
export interface InvolvedObject {
  kind: string;
  namespace: string;
  name: string;
  uid?: string;
  apiVersion: string;
  resourceVersion?: string;
}

/** Prefix of metadata that come from an object's annotations. */
export const eventGroupPrefix = "event.toolkit.fluxcd.io/";

/** `<group>/` of the involved object: prefix of what its controller says. */
export function objectGroupPrefix({ apiVersion }: InvolvedObject): string {
  const slash = apiVersion.indexOf("/");
  return `${slash < 0 ? "" : apiVersion.slice(0, slash)}/`;
}

/** `Kind/namespace/name`. */
export function formatInvolvedObject({ kind, namespace, name }: InvolvedObject): string {
  return `${kind}/${namespace}/${name}`;
}

/** `kind/name.namespace`, as chats show it. */
export function objectTitle({ involvedObject: { kind, name, namespace } }: FluxEvent): string {
  return `${kind.toLowerCase()}/${name}.${namespace}`;
}

/** An event of this process as others post it; its members in the order of upstream's. */
export function fluxEventOf(event: ControllerEvent): FluxEvent {
  const { kind, namespace, name, uid, apiVersion, resourceVersion } = event.involvedObject;
  return {
    involvedObject: {
      kind,
      namespace,
      name,
      ...(uid === undefined ? {} : { uid }),
      apiVersion,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    severity: event.severity,
    timestamp: wholeSeconds(event.timestamp),
    message: event.message,
    reason: event.reason,
    ...(Object.keys(event.metadata).length === 0 ? {} : { metadata: { ...event.metadata } }),
    reportingController: event.reportingController,
    ...(event.reportingInstance === "" ? {} : { reportingInstance: event.reportingInstance }),
  };
}

/** A time in UTC, to the second: others post no fractions, and services group by it. */
export function wholeSeconds(timestamp: string): string {
  return `${new Date(timestamp).toISOString().slice(0, 19)}Z`;
}

/** Seconds since the epoch; without a time those of Go's zero. */
export function unixSeconds({ timestamp }: FluxEvent): number {
  return timestamp === null ? -62_135_596_800 : Math.floor(Date.parse(timestamp) / 1_000);
}

/** The time, or Go's zero. */
export function timeText({ timestamp }: FluxEvent): string {
  return timestamp ?? "0001-01-01T00:00:00Z";
}
