import { objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** A card of Lark. */
export const lark: ProviderDefinition = messageProvider((event, settings) => {
  const isError = event.severity === "error";
  const pairs = Object.entries(event.metadata ?? {}).map(([key, value]) => `${key}: ${value}\n`);
  return {
    url: requireAddress(settings, "Lark"),
    body: {
      msg_type: "interactive",
      card: {
        config: { wide_screen_mode: true },
        header: {
          title: { tag: "plain_text", content: `${isError ? "🚨" : "💫"} ${objectTitle(event)}` },
          template: isError ? "red" : "turquoise",
        },
        elements: [{ tag: "div", text: { tag: "lark_md", content: `**${event.message}**\n\n${pairs.join("")}` } }],
      },
    },
  };
});
