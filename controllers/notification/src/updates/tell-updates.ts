import { notificationGroup, type Alert, type Provider } from "@eddy/api";
import type { CloudLogin } from "@eddy/cloud";
import type { Clock } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import type { KindCache } from "@eddy/runtime/controller";
import type { DataStore } from "@eddy/runtime/data";
import { aborted } from "../aborted.ts";
import type { FluxEvent } from "../event/flux-event.ts";
import { loadDefinition } from "../provider/load-definition.ts";
import { loadSettings } from "../provider/load-settings.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import { sendBy } from "../provider/send-by.ts";
import { providerSettings, type ProviderSettings } from "../provider/settings.ts";
import { readChatSettings } from "./chat-settings.ts";
import { planMessages, type ChatMessage } from "./plan-messages.ts";
import { isTold, readUpdate } from "./read-update.ts";

/** What telling of updates needs. */
export interface TellUpdatesPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly masker: Masker;
  /** Of Providers. */
  readonly data: DataStore;
  /** Of the Secret `eddy-updates`: without a masker. */
  readonly chats: DataStore;
  readonly login: CloudLogin;
  readonly providers: Pick<KindCache<Provider>, "get" | "synced">;
  /** Where Eddy runs: there the Secret `eddy-updates` is. */
  readonly runtimeNamespace: string;
}

/** One service, and what it is told with. */
interface Place {
  readonly name: string;
  readonly definition: ProviderDefinition;
  /** The event as this service takes it. */
  readonly event: FluxEvent;
  readonly settings: ProviderSettings;
}

/**
 * Tells of an update by labels where Keel would: in the chats of the Secret `eddy-updates`, and by the Providers that the workload names.
 * One place that fails keeps no other from hearing; what went wrong is logged.
 */
export async function tellUpdate(event: FluxEvent, ports: TellUpdatesPorts, signal: AbortSignal): Promise<void> {
  const news = readUpdate(event);
  if (!news) return;
  const attempt = async (place: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (signal.aborted) return;
      const { kind, namespace, name } = event.involvedObject;
      const what = { place, object: `${kind}/${namespace}/${name}`, error: ports.masker.mask(messageOf(error)) };
      ports.logger.log("error", "tell of an update failed", what);
    }
  };
  const send = (place: Place): Promise<void> =>
    attempt(place.name, () => sendBy(place.definition, place.event, place.settings, { ...ports, signal }));
  await attempt("eddy-updates", async () => {
    const settings = await readChatSettings(ports.chats, ports.runtimeNamespace, ports.masker);
    if (!isTold(news.level, settings.notificationLevel)) return;
    const named = news.providers.map((name) =>
      attempt(`provider/${name}`, async () => {
        await Promise.race([ports.providers.synced, aborted(signal)]);
        await send(await namedPlace(name, event, ports));
      }),
    );
    const chats = planMessages(news, settings).map(async (message) => send(await chatPlace(message, event, ports)));
    await Promise.all([...named, ...chats]);
  });
}

async function chatPlace(
  message: ChatMessage,
  event: FluxEvent,
  { runtimeNamespace }: TellUpdatesPorts,
): Promise<Place> {
  const { type, address, token = "", channel = "", username = "" } = message;
  const provider: Provider = {
    apiVersion: `${notificationGroup}/v1beta3`,
    kind: "Provider",
    metadata: { name: "eddy-updates", namespace: runtimeNamespace },
    spec: { type: type === "keel" ? "generic" : type, address, channel, username },
  };
  const secrets = { secret: { token }, proxy: undefined, certs: undefined };
  const settings = providerSettings(provider, alertFor(provider, event), secrets, "");
  if (type !== "keel") return { name: type, definition: await loadDefinition(provider), settings, event: shown(event) };
  const { keelWebhook } = await import("./keel-webhook.ts");
  return { name: "generic", definition: keelWebhook, settings, event };
}

/** What people read: without what is for us. */
function shown(event: FluxEvent): FluxEvent {
  const metadata = Object.entries(event.metadata ?? {}).filter(([key]) => !key.startsWith("keel.sh/"));
  return { ...event, metadata: Object.fromEntries(metadata) };
}

/** Only in the workload's own namespace: nobody writes with another's Secret. */
async function namedPlace(name: string, event: FluxEvent, { providers, data }: TellUpdatesPorts): Promise<Place> {
  const { namespace } = event.involvedObject;
  const provider = providers.get(namespace, name);
  if (!provider)
    throw new EddyError("PROVIDER_NOT_FOUND", `there is no Provider "${name}" in namespace "${namespace}"`);
  if (provider.spec.suspend) throw new EddyError("PROVIDER_SUSPENDED", "the Provider is suspended");
  const definition = await loadDefinition(provider);
  return {
    name: `provider/${name}`,
    definition,
    event: shown(event),
    settings: await loadSettings(provider, alertFor(provider, event), "", data),
  };
}

/** What an Alert on this object alone would be: services are told by Alerts. */
function alertFor(provider: Provider, { involvedObject }: FluxEvent): Alert {
  const { namespace } = involvedObject;
  return {
    apiVersion: `${notificationGroup}/v1beta3`,
    kind: "Alert",
    metadata: { name: "eddy-updates", namespace },
    spec: { providerRef: { name: provider.metadata.name }, eventSources: [] },
  };
}
