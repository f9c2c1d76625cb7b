import { createHmac } from "node:crypto";
import { EddyError } from "@eddy/core/errors";
import { messageProvider, requireAddress, type Message } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import type { ProviderSettings } from "../provider/settings.ts";
import { encodeJson } from "../event/encode-event.ts";
import type { FluxEvent } from "../event/flux-event.ts";

/** The event itself, to a webhook. */
export const generic: ProviderDefinition = messageProvider((event, settings) => forward(event, settings, {}));

/** The event with `X-Signature: sha256=<hex>` over the body. */
export const genericHmac: ProviderDefinition = messageProvider((event, settings) => {
  if (settings.token === "") throw new EddyError("PROVIDER_SETTINGS", "HMAC key is empty", { class: "terminal" });
  const signature = createHmac("sha256", settings.token).update(encodeJson(event)).digest("hex");
  return forward(event, settings, { "x-signature": `sha256=${signature}` });
});

function forward(event: FluxEvent, settings: ProviderSettings, signed: Record<string, string>): Message {
  return {
    url: requireAddress(settings, "generic"),
    headers: { "content-type": "application/json", "gotk-component": event.reportingController },
    credentials: { ...lowered(settings.headers), ...signed },
    body: event,
  };
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
