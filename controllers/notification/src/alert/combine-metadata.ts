import type { Alert } from "@eddy/api";
import { eventGroupPrefix, type FluxEvent, objectGroupPrefix } from "../event/flux-event.ts";

/** The event as it is sent, and the keys that more than one place set. */
export interface CombinedEvent {
  event: FluxEvent;
  /** Places by key, sorted by key; the last one won. */
  conflicts: Readonly<Record<string, string>>;
}

/** The words of the warning about conflicts. Source: notification-controller 1.9. */
export const conflictMessage =
  "metadata key conflicts detected (please refer to the Alert API docs and Flux RFC 0008 for more information)";

/**
 * Metadata of the object's annotations, then of the alert, then of the object's controller, each over the one before, without
 * their prefixes. Pure. Source: flux2.md 3.8 "Metadata merge".
 */
export function combineMetadata(event: FluxEvent, { spec }: Alert): CombinedEvent {
  const own = Object.entries(event.metadata ?? {});
  const stripped = (prefix: string): [string, string][] =>
    own.flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : []));
  const places: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ["involved object annotations", stripped(eventGroupPrefix)],
    ["Alert object .spec.eventMetadata", Object.entries(spec.eventMetadata ?? {})],
    ["Alert object .spec.summary", spec.summary ? [["summary", spec.summary]] : []],
    ["involved object controller metadata", stripped(objectGroupPrefix(event.involvedObject))],
  ];
  const metadata = new Map<string, string>();
  const sources = new Map<string, string[]>();
  for (const [place, entries] of places) {
    for (const [key, value] of entries) {
      metadata.set(key, value);
      sources.set(key, [...(sources.get(key) ?? []), place]);
    }
  }
  const conflicts = [...sources].filter(([, found]) => found.length > 1).sort(([a], [b]) => (a < b ? -1 : 1));
  // In upstream's order, which signatures and ids are made of.
  const { metadata: _, reportingController, reportingInstance, ...rest } = event;
  const reporting = { reportingController, ...(reportingInstance === undefined ? {} : { reportingInstance }) };
  return {
    event: metadata.size === 0 ? event : { ...rest, metadata: sorted(metadata), ...reporting },
    conflicts: Object.fromEntries(conflicts.map(([key, found]) => [key, found.join(", ")])),
  };
}

/** Upstream's order is that of a map, so any is right; sorted, messages are the same each time. */
function sorted(metadata: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...metadata].sort(([a], [b]) => (a < b ? -1 : 1)));
}
