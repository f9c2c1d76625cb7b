import { EddyError } from "@eddy/core/errors";
import { unixSeconds, type FluxEvent } from "../event/flux-event.ts";
import { messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** An event of Datadog's; the token is its API key. */
export const datadog: ProviderDefinition = messageProvider((event, settings) => {
  if (settings.token === "") throw new EddyError("PROVIDER_SETTINGS", "token cannot be empty", { class: "terminal" });
  const { kind, name, namespace } = event.involvedObject;
  return {
    url: `${new URL(requireAddress(settings, "Datadog")).origin}/api/v1/events`,
    credentials: { "dd-api-key": settings.token },
    body: {
      alert_type: event.severity === "error" ? "error" : "info",
      date_happened: unixSeconds(event),
      source_type_name: "fluxcd",
      tags: tagsOf(event),
      text: event.message,
      title: `Events from the ${kind} ${name}/${namespace}`,
    },
  };
});

/** Datadog shows tags in lower case: they are sent so that they can be searched for as they are shown. */
function tagsOf({
  involvedObject: { kind, name, namespace },
  metadata = {},
  reason,
  reportingController,
}: FluxEvent): string[] {
  return [
    `flux_reporting_controller:${reportingController}`,
    `flux_reason:${reason}`,
    `kube_kind:${kind}`,
    `kube_name:${name}`,
    `kube_namespace:${namespace}`,
    ...Object.entries(metadata).map(([key, value]) => `${key}:${value}`),
  ].map((tag) => tag.toLowerCase());
}
