import { objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** A message of Zoom's incoming webhook. */
export const zoom: ProviderDefinition = messageProvider((event, settings) => {
  const url = new URL(requireAddress(settings, "Zoom"));
  url.searchParams.set("format", "full");
  const items = Object.entries(event.metadata ?? {}).map(([key, value]) => ({ key, value }));
  return {
    url: url.href,
    credentials: { authorization: settings.token },
    body: {
      content: {
        head: { text: objectTitle(event), sub_head: { text: event.severity } },
        body: [{ type: "message", text: event.message }, ...(items.length === 0 ? [] : [{ type: "fields", items }])],
      },
    },
  };
});
