import type { ProviderType } from "@eddy/api";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** Every service, loaded when it is first sent to. A new one is a file and a line here. */
export const providers: { readonly [Type in ProviderType]?: () => Promise<ProviderDefinition> } = {
  alertmanager: async () => (await import("./alertmanager.ts")).alertmanager,
  datadog: async () => (await import("./datadog.ts")).datadog,
  discord: async () => (await import("./discord.ts")).discord,
  generic: async () => (await import("./generic.ts")).generic,
  "generic-hmac": async () => (await import("./generic.ts")).genericHmac,
  googlechat: async () => (await import("./googlechat.ts")).googlechat,
  grafana: async () => (await import("./grafana.ts")).grafana,
  "incident.io": async () => (await import("./incident-io.ts")).incidentIo,
  lark: async () => (await import("./lark.ts")).lark,
  matrix: async () => (await import("./matrix.ts")).matrix,
  msteams: async () => (await import("./msteams.ts")).msteams,
  opsgenie: async () => (await import("./opsgenie.ts")).opsgenie,
  pagerduty: async () => (await import("./pagerduty.ts")).pagerduty,
  rocket: async () => (await import("./rocket.ts")).rocket,
  slack: async () => (await import("./slack.ts")).slack,
  telegram: async () => (await import("./telegram.ts")).telegram,
  webex: async () => (await import("./webex.ts")).webex,
  zoom: async () => (await import("./zoom.ts")).zoom,
  zulip: async () => (await import("./zulip.ts")).zulip,
};
