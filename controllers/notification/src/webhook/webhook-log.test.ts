import type { Receiver } from "@eddy/api";
import { fakeClock } from "@eddy/core/clock";
import type { LogFields, Logger } from "@eddy/core/log";
import type { KubeClient } from "@eddy/kube";
import type { Listening } from "@eddy/runtime/http-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWebhookServer } from "./webhook-server.ts";

const clock = fakeClock();
const lines: { message: string; fields: LogFields | undefined }[] = [];
const logger: Logger = { log: (_level, message, fields) => void lines.push({ message, fields }), with: () => logger };

function receiver(name: string): Receiver {
  const spec = { type: "generic-hmac", secretRef: { name: "token" }, resources: [] };
  const ready = { type: "Ready", status: "True", reason: "", message: "", lastTransitionTime: "" };
  const status = { webhookPath: `/hook/${name}`, conditions: [ready] };
  return { metadata: { name, namespace: "team" }, spec, status } as unknown as Receiver;
}

let server: Listening;
beforeAll(async () => {
  server = await startWebhookServer({
    port: 0,
    host: "127.0.0.1",
    clock,
    logger,
    kube: {} as KubeClient,
    noCrossNamespaceRefs: false,
    receivers: { list: () => [receiver("a"), receiver("b")].values(), subscribe: () => () => {} },
    data: { read: async () => ({ token: "secret" }) } as never,
    tokens: { verify: () => Promise.reject(new Error("unused")) },
  });
});
afterAll(() => server.stop());

async function forge(name: string): Promise<number> {
  const headers = { "x-signature": `sha256=${"0".repeat(64)}` };
  return (await fetch(`http://127.0.0.1:${server.port}/hook/${name}`, { method: "POST", body: "{}", headers })).status;
}

it("forged calls write a line a second and receiver, which says how many it left out", async () => {
  const statuses = await Promise.all(Array.from({ length: 200 }, () => forge("a")));
  expect(new Set(statuses)).toEqual(new Set([400]));
  expect(await forge("b")).toBe(400);
  expect(lines.map(({ fields }) => fields?.["receiver"])).toEqual(["team/a", "team/b"]);
  clock.advance(1_000);
  expect(lines.slice(2)).toEqual([
    {
      message: "unable to validate payload",
      fields: { receiver: "team/a", error: expect.any(String) as unknown, leftOut: 198 },
    },
  ]);
  clock.advance(60_000);
  expect(lines).toHaveLength(3);
});
