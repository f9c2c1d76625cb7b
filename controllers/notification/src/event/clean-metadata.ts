import { eventGroupPrefix, type FluxEvent, objectGroupPrefix } from "./flux-event.ts";

/** Only metadata of the object's own group and of annotations; what is internal goes. Source: notification-controller 1.9. */
export function cleanMetadata(event: FluxEvent): FluxEvent {
  const prefix = objectGroupPrefix(event.involvedObject);
  const hidden = new Set([`${prefix}checksum`, `${prefix}digest`].map((key) => key.toLowerCase()));
  const kept = Object.entries(event.metadata ?? {}).filter(
    ([key]) => !hidden.has(key.toLowerCase()) && (key.startsWith(prefix) || key.startsWith(eventGroupPrefix)),
  );
  return { ...event, metadata: Object.fromEntries(kept) };
}

/** Without the token that tells one occurrence of an event from the next; it only counts for the rate limit. */
export function withoutToken(event: FluxEvent): FluxEvent {
  const { [`${objectGroupPrefix(event.involvedObject)}token`]: _, ...metadata } = event.metadata ?? {};
  return { ...event, metadata };
}
