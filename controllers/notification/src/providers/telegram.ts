import { EddyError } from "@eddy/core/errors";
import { messageProvider } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** A bot of Telegram; the channel is `<chat>[:<thread>]`. The address is always Telegram's. */
export const telegram: ProviderDefinition = messageProvider((event, { channel, token }) => {
  if (channel === "" || token === "") {
    throw new EddyError("PROVIDER_SETTINGS", `empty Telegram ${channel === "" ? "channel" : "token"}`, {
      class: "terminal",
    });
  }
  const { kind, name, namespace } = event.involvedObject;
  const heading = `${event.severity === "error" ? "🚨" : "💫"} ${kind.toLowerCase()}/${name}/${namespace}`;
  const pairs = Object.entries(event.metadata ?? {}).map(([key, value]) => `\\- *${escape(key)}*: ${escape(value)}\n`);
  const [chat = "", ...thread] = channel.split(":");
  return {
    url: `https://api.telegram.org/bot${token}/sendMessage`,
    body: {
      chat_id: chat,
      ...(thread.length === 0 ? {} : { message_thread_id: thread.join(":") }),
      text: `*${escape(heading)}*\n${escape(event.message)}\n${pairs.join("")}`,
      parse_mode: "MarkdownV2",
    },
  };
});

/** Source: Telegram's MarkdownV2. */
function escape(text: string): string {
  return text.replaceAll(/[\\.\-_[\]()~>`#+=|{}!*]/g, String.raw`\$&`);
}
