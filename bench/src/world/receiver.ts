import { valueAt } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { observe } from "./observer.ts";
import { receiverPort } from "./peers.ts";
import { isReady, namespace } from "./repository.ts";

const receivers = { group: "notification.toolkit.fluxcd.io", kind: "Receiver" };

/** What calls prove themselves by. */
export const receiverToken = "0123456789abcdef0123456789abcdef";

/** A Receiver for one object; resolves with its address once it is ready. */
export async function createReceiver(
  client: KubeClient,
  name: string,
  type: "harbor" | "generic" | "github",
  resource: { readonly kind: string; readonly name: string },
): Promise<string> {
  const metadata = { namespace, name };
  await client.create({ apiVersion: "v1", kind: "Secret", metadata, stringData: { token: receiverToken } });
  const spec = { type, secretRef: { name }, resources: [resource] };
  await client.create({ apiVersion: `${receivers.group}/v1`, kind: "Receiver", metadata, spec });
  const observer = await observe(client, receivers);
  await observer.until(
    `Receiver ${name} is ready`,
    (found) => [...found.values()].some((object) => object.metadata.name === name && isReady(object)),
    60_000,
  );
  observer.stop();
  const path = String(valueAt(await client.get({ ...receivers, ...metadata }), "status", "webhookPath"));
  return `http://127.0.0.1:${receiverPort}${path}`;
}

/** Calls a Receiver of the type `harbor`, or `generic`, which looks at nothing. */
export async function callReceiver(url: string): Promise<void> {
  const headers = { "content-type": "application/json", authorization: receiverToken };
  const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify({ type: "PUSH_ARTIFACT" }) });
  if (status !== 200) throw new Error(`the receiver answered ${status}, want 200`);
}
