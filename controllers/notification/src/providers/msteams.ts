import { type FluxEvent, objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** Microsoft Teams: an adaptive card, or for a connector of the old kind its own card. */
export const msteams: ProviderDefinition = messageProvider((event, settings) => {
  const url = requireAddress(settings, "MS Teams");
  const isConnector = new URL(url).hostname.endsWith(".webhook.office.com");
  return { url, body: isConnector ? connectorCard(event) : adaptiveCard(event) };
});

function connectorCard(event: FluxEvent): unknown {
  const facts = Object.entries(event.metadata ?? {}).map(([name, value]) => ({ name, value }));
  return {
    "@type": "MessageCard",
    "@context": "http://schema.org/extensions",
    themeColor: event.severity === "error" ? "FF0000" : "0076D7",
    summary: objectTitle(event),
    sections: [{ activityTitle: event.message, activitySubtitle: objectTitle(event), facts }],
  };
}

function adaptiveCard(event: FluxEvent): unknown {
  const items = [
    { type: "TextBlock", text: objectTitle(event), size: "large", weight: "bolder", wrap: true },
    {
      type: "TextBlock",
      text: event.message,
      ...(event.severity === "error" ? { color: "attention" } : {}),
      wrap: true,
    },
    { type: "FactSet", ...factsOf(event) },
  ];
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [{ type: "Container", items }],
          msteams: { width: "Full" },
        },
      },
    ],
  };
}

/** The summary first, the others by name. */
function factsOf({ metadata = {} }: FluxEvent): { facts?: unknown } {
  const rank = (key: string): number => (key === "summary" ? 0 : 1);
  const entries = Object.entries(metadata).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return entries.length === 0 ? {} : { facts: entries.map(([title, value]) => ({ title, value })) };
}
