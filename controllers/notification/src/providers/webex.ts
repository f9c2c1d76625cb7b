import { objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** A message in a room of Webex; the channel is the room's id. */
export const webex: ProviderDefinition = messageProvider((event, settings) => {
  const lines = [
    `${event.severity === "error" ? "💣" : "✅"} **${objectTitle(event)}**`,
    event.message,
    ...Object.entries(event.metadata ?? {}).map(([key, value]) => `>**${key}**: ${value}`),
  ];
  return {
    url: requireAddress(settings, "Webex"),
    credentials: { authorization: `Bearer ${settings.token}` },
    body: {
      ...(settings.channel === "" ? {} : { roomId: settings.channel }),
      markdown: lines.map((line) => `${line}\n`).join(""),
    },
  };
});
