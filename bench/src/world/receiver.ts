import { valueAt } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { observe } from "./observer.ts";
import { receiverPort } from "./peers.ts";
import { isReady, namespace } from "./repository.ts";

const receivers = { group: "notification.toolkit.fluxcd.io", kind: "Receiver" };
const token = "0123456789abcdef0123456789abcdef";

/** A Receiver for one object, by a kind and a name: resolves with what calls it, as a registry or a forge does. */
export async function createReceiver(
  client: KubeClient,
  name: string,
  type: "harbor" | "generic",
  resource: { readonly kind: string; readonly name: string },
): Promise<() => Promise<void>> {
  const metadata = { namespace, name };
  await client.create({ apiVersion: "v1", kind: "Secret", metadata, stringData: { token } });
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
  return async () => {
    const headers = { "content-type": "application/json", authorization: token };
    const url = `http://127.0.0.1:${receiverPort}${path}`;
    const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify({ type: "PUSH_ARTIFACT" }) });
    if (status !== 200) throw new Error(`the receiver answered ${status}, want 200`);
  };
}
