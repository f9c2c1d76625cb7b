import { EddyError } from "@eddy/core/errors";
import { sha256 } from "@eddy/core/digest";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** An alert of Opsgenie; the alias makes the same news of an object one alert. */
export const opsgenie: ProviderDefinition = messageProvider((event, settings) => {
  if (settings.token === "")
    throw new EddyError("PROVIDER_SETTINGS", "empty Opsgenie apikey/token", { class: "terminal" });
  const { kind, namespace, name } = event.involvedObject;
  const uid = settings.provider.metadata.uid ?? "";
  return {
    url: requireAddress(settings, "Opsgenie"),
    credentials: { authorization: `GenieKey ${settings.token}` },
    body: {
      message: `${kind}/${name}`,
      alias: sha256([uid, kind, namespace, name, event.reason].join("/")),
      description: event.message,
      details: { ...event.metadata, severity: event.severity },
    },
  };
});
