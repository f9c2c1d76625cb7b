import { createHmac } from "node:crypto";
import { azureScopes } from "@eddy/cloud";
import { EddyError } from "@eddy/core/errors";
import { postMessage } from "../provider/post-message.ts";
import type { ProviderDefinition, SendPorts } from "../provider/provider-type.ts";
import { loginOptions, type ProviderSettings } from "../provider/settings.ts";

/**
 * Sends the event to a hub, over its HTTPS door: with the connection string that is the address; else the address is the hub, the
 * channel its namespace, and a token or workload identity logs in. Source: Event Hubs' REST API, "Send event".
 */
export const azureeventhub: ProviderDefinition = {
  async send(event, settings, ports) {
    const { url, authorization } = await targetOf(settings, ports);
    const headers = { "content-type": "application/json" };
    await postMessage({ url: `${url}/messages`, headers, credentials: { authorization }, body: event }, ports);
  },
};

async function targetOf(settings: ProviderSettings, ports: SendPorts): Promise<{ url: string; authorization: string }> {
  const { address, channel, token, provider } = settings;
  if (address === "") throw invalid("endpoint URL cannot be empty");
  const account = provider.spec.serviceAccountName;
  if (address.includes("SharedAccessKey")) {
    if (account !== undefined)
      throw invalid("serviceAccountName and SAS authentication cannot be set at the same time");
    if (token !== "") throw invalid("jwt token and SAS authentication cannot be set at the same time");
    return signedTarget(address, ports.clock.now());
  }
  if (account !== undefined && token !== "")
    throw invalid("serviceAccountName and jwt token authentication cannot be set at the same time");
  const namespace = channel.includes(".servicebus.") ? channel : `${channel}.servicebus.windows.net`;
  const jwt = token || (await ports.login.azure(azureScopes.eventHubs, loginOptions(settings))).value;
  return { url: `https://${namespace}/${encodeURIComponent(address)}`, authorization: `Bearer ${jwt}` };
}

/** Source: Azure's "Shared Access Signature" of Service Bus. */
function signedTarget(connection: string, nowMs: number): { url: string; authorization: string } {
  const parts = new Map(
    connection.split(";").flatMap((part): [string, string][] => {
      const equals = part.indexOf("=");
      return equals < 0 ? [] : [[part.slice(0, equals).trim(), part.slice(equals + 1).trim()]];
    }),
  );
  const [endpoint, name, key, hub] = ["Endpoint", "SharedAccessKeyName", "SharedAccessKey", "EntityPath"].map(
    (each) => parts.get(each) ?? "",
  );
  const host = /^sb:\/\/([^/]+)/.exec(endpoint ?? "")?.[1];
  if (!host || !name || !key || !hub)
    throw invalid(
      "the connection string must have Endpoint=sb://…, SharedAccessKeyName, SharedAccessKey and EntityPath",
    );
  const url = `https://${host}/${hub}`;
  const [resource, expiry] = [encodeURIComponent(url), Math.floor(nowMs / 1_000) + 300];
  const signature = createHmac("sha256", key).update(`${resource}\n${expiry}`).digest("base64");
  const authorization = `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${encodeURIComponent(name)}`;
  return { url, authorization };
}

function invalid(message: string): EddyError {
  return new EddyError("PROVIDER_SETTINGS", `invalid authentication options: ${message}`, { class: "terminal" });
}
