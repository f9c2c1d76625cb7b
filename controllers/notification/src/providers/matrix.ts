import { createHash } from "node:crypto";
import { encodeJson } from "../event/encode-event.ts";
import { objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** A message in a room of Matrix. The same event has the same transaction: a second try is no second message. */
export const matrix: ProviderDefinition = messageProvider((event, settings) => {
  const transaction = createHash("sha1").update(encodeJson(event)).digest("hex");
  const pairs = Object.entries(event.metadata ?? {}).map(([key, value]) => `- ${key}: ${value}\n`);
  const heading = `${event.severity === "error" ? "🚨" : "💫"} ${objectTitle(event)}`;
  const server = requireAddress(settings, "Matrix homeserver");
  return {
    url: `${server}/_matrix/client/r0/rooms/${settings.channel}/send/m.room.message/${transaction}`,
    method: "PUT",
    credentials: { authorization: `Bearer ${settings.token}` },
    body: { body: `${heading}\n${event.message}\n${pairs.join("")}`, msgtype: "m.text" },
  };
});
