import { trimRight } from "@eddy/core/trim";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { slackPayload } from "./slack.ts";

/** Discord's webhook, by its door for Slack's format. */
export const discord: ProviderDefinition = messageProvider((event, settings) => {
  const url = new URL(requireAddress(settings, "Discord"));
  if (!url.href.endsWith("/slack")) url.pathname = `${trimRight(url.pathname, "/")}/slack`;
  const username = settings.username || event.reportingController;
  return {
    url: url.href,
    body: slackPayload(event, { channel: "", username, fallback: "", colors: ["good", "danger"] }),
  };
});
