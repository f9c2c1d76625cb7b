import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTracer } from "./open-tracer.ts";

let collector: Server;
let endpoint: string;
const bodies: string[] = [];
beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(200).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => void collector.close(() => resolve())));

const ports = { clock: systemClock, logger: silentLogger, masker: createMasker() };

test("without a collector there is no tracer", async () => {
  expect(await openTracer({}, ports)).toBeUndefined();
  expect(await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: "true" }, ports)).toBeUndefined();
});

test("what waits at the end is sent, and the headers' secrets are masked", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: "api-key=very-secret-key" };
  const tracer = await openTracer(env, ports);
  const subject = { group: "g", kind: "Kustomization", namespace: "n", name: "app" };
  tracer?.beginPass(subject).end({ outcome: "success" });
  await tracer?.stop();
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toContain('"name":"Kustomization: n/app"');
  expect(ports.masker.mask("a very-secret-key")).toBe("a *****");
});

test("what is not built is said at the start", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  await expect(openTracer(env, ports)).rejects.toThrow('OTLP protocol "grpc" is not built');
});
