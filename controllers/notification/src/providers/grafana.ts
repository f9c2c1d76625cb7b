import { objectTitle, unixSeconds } from "../event/flux-event.ts";
import { bearerOrBasic, messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** An annotation of Grafana's, in Graphite's format. */
export const grafana: ProviderDefinition = messageProvider((event, settings) => {
  const { kind, name, namespace } = event.involvedObject;
  const plain = (text: string): string => text.replaceAll(":", "|");
  const pairs = Object.entries(event.metadata ?? {}).map(([key, value]) => `${plain(key)}: ${plain(value)}`);
  return {
    url: requireAddress(settings, "Grafana"),
    credentials: bearerOrBasic(settings),
    body: {
      when: unixSeconds(event),
      text: objectTitle(event),
      tags: ["flux", event.reportingController, ...pairs, `kind: ${kind}`, `name: ${name}`, `namespace: ${namespace}`],
    },
  };
});
