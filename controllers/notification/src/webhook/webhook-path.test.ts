import type { Receiver } from "@eddy/api";
import { fakeClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import type { KubeClient } from "@eddy/kube";
import { expect, it } from "vitest";
import { startWebhookServer, type WebhookServerOptions } from "./webhook-server.ts";

function receiver(name: string, creationTimestamp: string, suspend: boolean): Receiver {
  const ready = { type: "Ready", status: "True", reason: "", message: "", lastTransitionTime: "" };
  return {
    metadata: { name, namespace: name, uid: name, creationTimestamp },
    spec: { type: "generic-hmac", secretRef: { name: "token" }, resources: [], suspend },
    status: { webhookPath: "/hook/path", conditions: [ready] },
  } as unknown as Receiver;
}

it("a path is the oldest Receiver's that claims it, and stays so when another one goes", async () => {
  const owner = receiver("owner", "2026-01-01T00:00:00Z", false);
  const claimant = receiver("claimant", "2026-01-02T00:00:00Z", true);
  let tell: Parameters<WebhookServerOptions["receivers"]["subscribe"]>[0] = () => undefined;
  const server = await startWebhookServer({
    port: 0,
    host: "127.0.0.1",
    clock: fakeClock(),
    logger: silentLogger,
    kube: {} as KubeClient,
    noCrossNamespaceRefs: false,
    receivers: {
      list: () => [owner].values(),
      subscribe(hear) {
        tell = hear;
        return () => {};
      },
    },
    data: { read: async () => ({ token: "secret" }) } as never,
    tokens: { verify: () => Promise.reject(new Error("unused")) },
  });
  const call = async (): Promise<number> =>
    (await fetch(`http://127.0.0.1:${server.port}/hook/path`, { method: "POST", body: "{}" })).status;
  try {
    // A suspended one would answer with 503.
    tell({ before: undefined, after: claimant } as never);
    expect(await call()).toBe(400);
    tell({ before: claimant, after: undefined } as never);
    expect(await call()).toBe(400);
    tell({ before: owner, after: undefined } as never);
    expect(await call()).toBe(404);
  } finally {
    await server.stop();
  }
});
