import { EddyError } from "@eddy/core/errors";
import { encodeJson } from "../event/encode-event.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import type { ProviderSettings } from "../provider/settings.ts";

/**
 * Publishes the event to the subject that is the channel. The Secret's `creds`, `nkey`, or `username` and `password` log in.
 * Source: notification-controller 1.9 `NewNATS`.
 */
export const nats: ProviderDefinition = {
  async send(event, settings, { signal }) {
    const { address, channel, provider } = settings;
    if (address === "") throw invalid("NATS server (address) cannot be empty");
    if (channel === "") throw invalid("NATS subject (channel) cannot be empty");
    const { publish } = await import("@eddy/nats");
    const tls = tlsOf(settings);
    await publish({
      address,
      subject: channel,
      payload: encodeJson(event),
      name: `NATS Provider for ${provider.metadata.namespace ?? ""}/${provider.metadata.name}`,
      login: loginOf(settings),
      ...(tls ? { tls } : {}),
      signal,
    });
  },
};

function loginOf({ secret, username, password, token }: ProviderSettings): object {
  const [credentials, nkey] = [secret["creds"], secret["nkey"]];
  return {
    ...(credentials ? { credentials } : {}),
    ...(nkey ? { nkey } : {}),
    ...(username === "" ? {} : { username, password }),
    ...(token === "" ? {} : { token }),
  };
}

function tlsOf({ connection: { caCert, identity } }: ProviderSettings): object | undefined {
  if (caCert === undefined && identity === undefined) return undefined;
  return { ...(caCert === undefined ? {} : { caCert }), ...(identity === undefined ? {} : { identity }) };
}

function invalid(message: string): EddyError {
  return new EddyError("PROVIDER_SETTINGS", message);
}
