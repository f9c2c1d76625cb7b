import { objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** An alert of incident.io; news resolve what an error fired. */
export const incidentIo: ProviderDefinition = messageProvider((event, settings) => {
  if (event.reason === "Progressing") return [];
  const { severity, reason, reportingController } = event;
  return {
    url: requireAddress(settings, "incident.io"),
    credentials: { authorization: `Bearer ${settings.token}` },
    body: {
      title: `${objectTitle(event)}: ${reason}`,
      status: severity === "error" ? "firing" : "resolved",
      deduplication_key: event.involvedObject.uid ?? "",
      description: event.message,
      metadata: { ...event.metadata, severity, reason, reportingController },
    },
  };
});
