import { timeText, type FluxEvent } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { reasonWords } from "./reason-words.ts";

/** An incident of PagerDuty's for an error, its end and a change for news; the channel is the routing key. */
export const pagerduty: ProviderDefinition = messageProvider((event, settings) => {
  if (event.reason === "Progressing") return [];
  const { origin } = new URL(requireAddress(settings, "PagerDuty"));
  const key = settings.channel;
  const incident = { url: `${origin}/v2/enqueue`, body: incidentOf(event, key) };
  if (event.severity !== "info") return incident;
  return [incident, { url: `${origin}/v2/change/enqueue`, body: changeOf(event, key) }];
});

function summaryOf({ reason, involvedObject: { kind, name } }: FluxEvent): string {
  return `${reasonWords(reason)}: ${`${kind}/${name}`.toLowerCase()}`;
}

function detailsOf({ message, metadata }: FluxEvent): unknown {
  return { message, metadata: metadata ?? null };
}

function incidentOf(event: FluxEvent, routingKey: string): unknown {
  const { uid = "", name, kind } = event.involvedObject;
  const base = { routing_key: routingKey, dedup_key: uid };
  if (event.severity !== "error") return { ...base, event_action: "resolve" };
  return {
    ...base,
    event_action: "trigger",
    payload: {
      summary: summaryOf(event),
      source: `Flux ${event.reportingController}`,
      severity: "error",
      timestamp: timeText(event),
      component: name,
      group: kind,
      custom_details: detailsOf(event),
    },
  };
}

function changeOf(event: FluxEvent, routingKey: string): unknown {
  return {
    routing_key: routingKey,
    payload: {
      summary: summaryOf(event),
      source: `Flux ${event.reportingController}`,
      timestamp: timeText(event),
      custom_details: detailsOf(event),
    },
  };
}
