import type { KubeObject } from "@eddy/core/object";
import { formatAge } from "./age.ts";

/** A `v1` Event, as far as it is shown. Times are RFC 3339. */
export interface KubeEvent extends KubeObject {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  involvedObject: { kind?: string; name?: string; namespace?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count: number; lastObservedTime: string } | null;
}

/** Columns of the table of events. */
export function eventHeader(withNamespace: boolean): string[] {
  return [...(withNamespace ? ["Namespace"] : []), "Last seen", "Type", "Reason", "Object", "Message"];
}

/** One event as a row. */
export function eventRow(event: KubeEvent, withNamespace: boolean, nowMs: number): string[] {
  const { kind = "", name = "" } = event.involvedObject;
  return [
    ...(withNamespace ? [event.metadata.namespace ?? ""] : []),
    lastSeen(event, nowMs),
    event.type ?? "",
    event.reason ?? "",
    `${kind}/${name}`,
    event.message ?? "",
  ];
}

/** When an event last happened, in milliseconds; 0 when it does not say. */
export function eventTimeMs(event: KubeEvent): number {
  return Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? "") || 0;
}

/** `5m`, or `5m (x3 over 2h)` for an event that happened more than once. Source: kubectl events. */
function lastSeen(event: KubeEvent, nowMs: number): string {
  const age = (timestamp: string | null | undefined): string =>
    timestamp ? formatAge(nowMs - Date.parse(timestamp)) : "<unknown>";
  const first = age(event.eventTime ?? event.firstTimestamp);
  if (event.series) return `${age(event.series.lastObservedTime)} (x${event.series.count} over ${first})`;
  if ((event.count ?? 0) > 1) return `${age(event.lastTimestamp)} (x${event.count} over ${first})`;
  return first;
}
