import { fakeClock } from "@eddy/core/clock";
import type { LogFields, Logger } from "@eddy/core/log";
import type { KubeClient } from "@eddy/kube";
import type { Listening } from "@eddy/runtime/http-server";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { pathProof } from "../webhook/prove.ts";
import { createSeenCalls } from "./seen-calls.ts";
import { startEndpoint } from "./start-endpoint.ts";

const clock = fakeClock();
const lines: (LogFields | undefined)[] = [];
const logger: Logger = { log: (_level, _message, fields) => void lines.push(fields), with: () => logger };
const webhookToken = "correct-horse";

let endpoint: Listening;
beforeAll(async () => {
  endpoint = await startEndpoint(
    { port: 0, host: "127.0.0.1" },
    {
      kube: {} as KubeClient,
      clock,
      logger,
      seen: createSeenCalls(clock),
      settings: () => Promise.resolve({ webhookToken }),
      hint: () => 0,
    },
  );
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  clock.advance(10_000);
  lines.length = 0;
});

async function post(path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${endpoint.port}${path}`, { method: "POST", body: "[]" })).status;
}

it("forged calls write a line a second, which says how many it left out", async () => {
  const paths = Array.from({ length: 200 }, (_, index) => `/v1/webhooks/native/${index}`);
  expect(new Set(await Promise.all(paths.map(post)))).toEqual(new Set([401]));
  expect(lines).toHaveLength(1);
  clock.advance(1_000);
  const why = "the call does not prove itself";
  expect(lines.slice(1)).toEqual([{ path: "/v1/webhooks/native", why, leftOut: 198 }]);
});

it("a proof in a path is told to nobody, and a long path is cut", async () => {
  expect(await post(`/v1/webhooks/native/${pathProof(webhookToken, "native")}`)).toBe(400);
  expect(lines).toEqual([{ path: "/v1/webhooks/native", why: "the body is no JSON object" }]);
  clock.advance(2_000);
  await post(`/v1/chat/${"x".repeat(10_000)}`);
  expect(JSON.stringify(lines).length).toBeLessThan(1_000);
});
