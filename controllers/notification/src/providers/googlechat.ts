import { objectTitle } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** A card in a space of Google Chat. */
export const googlechat: ProviderDefinition = messageProvider((event, settings) => {
  const text = event.severity === "error" ? `<font color="#ff0000">${event.message}</font>` : event.message;
  const pairs = Object.entries(event.metadata ?? {}).map(([topLabel, content]) => ({
    textParagraph: null,
    keyValue: { topLabel, content, contentMultiline: false, bottomLabel: null, icon: null },
  }));
  const header = { title: objectTitle(event), subtitle: event.reportingController, imageUrl: null, imageStyle: null };
  const sections = [
    { header: "", widgets: [{ textParagraph: { text }, keyValue: null }] },
    ...(pairs.length === 0 ? [] : [{ header: "", widgets: pairs }]),
  ];
  return { url: requireAddress(settings, "Google Chat"), body: { cards: [{ header, sections }] } };
});
