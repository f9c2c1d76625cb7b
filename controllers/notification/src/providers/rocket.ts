import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { slackPayload } from "./slack.ts";

/** Rocket.Chat's webhook, which takes Slack's format; so does Mattermost's. */
export const rocket: ProviderDefinition = messageProvider((event, settings) => ({
  url: requireAddress(settings, "Rocket"),
  body: slackPayload(event, {
    channel: settings.channel,
    username: settings.username,
    fallback: "",
    colors: ["#0076D7", "#FF0000"],
  }),
}));
