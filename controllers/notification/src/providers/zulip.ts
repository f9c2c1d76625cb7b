import { EddyError } from "@eddy/core/errors";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { statusMarkdown } from "./status-markdown.ts";

/** A message in a topic of Zulip; the channel is `<stream>/<topic>`. */
export const zulip: ProviderDefinition = messageProvider((event, settings) => {
  const [, stream, topic] = /^([^/]+)\/(.+)$/s.exec(settings.channel) ?? [];
  if (stream === undefined || topic === undefined) {
    throw new EddyError(
      "PROVIDER_SETTINGS",
      `invalid Zulip channel format, expected <channel>/<topic>, got '${settings.channel}'`,
      { class: "terminal" },
    );
  }
  const { username, password } = settings;
  const form = new URLSearchParams({ type: "stream", to: stream, topic, content: statusMarkdown(event) });
  form.sort();
  return {
    url: new URL("/api/v1/messages", requireAddress(settings, "Zulip")).href,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    credentials: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
    // Go escapes what a form may also say plainly, and the reverse.
    body: form.toString().replaceAll("*", "%2A").replaceAll("%7E", "~"),
  };
});
