import { expect, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { createMasker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import { createRemoteClients } from "./remote-clients.ts";

const kubeconfig = (cluster: object): string =>
  JSON.stringify({
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: {} }],
  });

test.each([
  ["its server", { value: kubeconfig({ server: "http://169.254.169.254/latest/meta-data" }) }],
  [
    "its proxy",
    { value: kubeconfig({ server: "https://api.example.org", "proxy-url": "http://169.254.169.254/latest" }) },
  ],
])("a kubeconfig of a Secret leads to no metadata service: %s", async (_name, content) => {
  const clients = createRemoteClients({
    kube: {} as KubeClient,
    clock: fakeClock(),
    masker: createMasker(),
    data: { read: async () => content, require: async () => content, versionOf: () => undefined },
  });
  const client = await clients.open({ secretRef: { name: "remote" } }, "apps");
  await expect(client.version()).rejects.toThrow("addresses of metadata services are out of reach");
  clients.close();
});
