import { EddyError } from "@eddy/core/errors";
import { encodeJson } from "../event/encode-event.ts";
import { postMessage } from "../provider/post-message.ts";
import type { ProviderDefinition, SendPorts } from "../provider/provider-type.ts";
import { loginOptions, type ProviderSettings } from "../provider/settings.ts";

const scopes = ["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/pubsub"];

/** Publishes the event to a topic: the address is the project, the channel the topic, `headers` are attributes. */
export const googlepubsub: ProviderDefinition = {
  async send(event, settings, ports) {
    const { address: project, channel: topic, headers } = settings;
    if (project === "") throw invalid("GCP project ID cannot be empty");
    if (topic === "") throw invalid("GCP Pub/Sub topic ID cannot be empty");
    const path = `projects/${encodeURIComponent(project)}/topics/${encodeURIComponent(topic)}`;
    const message = {
      data: Buffer.from(encodeJson(event)).toString("base64"),
      ...(Object.keys(headers).length === 0 ? {} : { attributes: headers }),
    };
    const request = {
      url: `https://pubsub.googleapis.com/v1/${path}:publish`,
      credentials: { authorization: `Bearer ${await accessToken(settings, ports)}` },
      body: { messages: [message] },
    };
    await postMessage(request, ports);
  },
};

/** By the key in the Secret, else by workload identity. */
async function accessToken(settings: ProviderSettings, { login }: SendPorts): Promise<string> {
  const options = loginOptions(settings);
  if (settings.token === "") return (await login.gcp(options)).value;
  const way = options.proxy === undefined ? {} : { proxy: options.proxy };
  return (await login.gcpKey(settings.token, "the Provider's token", scopes, way)).value;
}

function invalid(message: string): EddyError {
  return new EddyError("PROVIDER_SETTINGS", message, { class: "terminal" });
}
