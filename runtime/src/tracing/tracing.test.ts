import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fakeClock, systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Span } from "./encode-spans.ts";
import {
  createSpanExporter,
  createTracer,
  parseTraceparent,
  readTracingSettings,
  type TracingSettings,
} from "./index.ts";
import { shouldSample } from "./tracer.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";

test.each<[string | undefined, object | undefined]>([
  [`00-${traceId}-b7ad6b7169203331-01`, { traceId, spanId: "b7ad6b7169203331", isSampled: true }],
  [`00-${traceId}-b7ad6b7169203331-00`, { traceId, spanId: "b7ad6b7169203331", isSampled: false }],
  [`01-${traceId}-b7ad6b7169203331-01-more`, { traceId, spanId: "b7ad6b7169203331", isSampled: true }],
  [`00-${traceId}-b7ad6b7169203331-01-more`, undefined],
  [`ff-${traceId}-b7ad6b7169203331-01`, undefined],
  [`00-${"0".repeat(32)}-b7ad6b7169203331-01`, undefined],
  [`00-${traceId}-${"0".repeat(16)}-01`, undefined],
  [`00-${traceId.toUpperCase()}-b7ad6b7169203331-01`, undefined],
  ["", undefined],
  [undefined, undefined],
])("parseTraceparent(%j)", (text, want) => {
  expect(parseTraceparent(text)).toEqual(want);
});

describe("readTracingSettings()", () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

  test.each<[string, Record<string, string>]>([
    ["nothing is named", {}],
    ["it is switched off", { ...endpoint, OTEL_SDK_DISABLED: "true" }],
    ["traces are not wanted", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }],
  ])("undefined where %s", (_, env) => expect(readTracingSettings(env)).toBeUndefined());

  test("a base gets the path of traces, their own endpoint is taken as it is", () => {
    expect(readTracingSettings(endpoint)).toMatchObject({
      url: "http://collector:4318/v1/traces",
      ratio: 1,
      followsParent: true,
      resource: { "service.name": "eddy" },
    });
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://collector/x" };
    expect(readTracingSettings({ ...endpoint, ...own })?.url).toBe("https://collector/x");
    expect(readTracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c/base" })?.url).toBe("http://c/base/v1/traces");
  });

  test("names, headers and samplers are as the field has them", () => {
    const env = {
      ...endpoint,
      OTEL_SERVICE_NAME: "delivery",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=prod,service.name=other,broken",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20abc, x = y",
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
    };
    expect(readTracingSettings(env)).toMatchObject({
      headers: { authorization: "Basic abc", x: "y" },
      resource: { "service.name": "delivery", "deployment.environment": "prod" },
      ratio: 0.25,
      followsParent: false,
    });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /must be an http or https URL/],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /protocol "grpc" is not built/],
    [{ ...endpoint, OTEL_TRACES_SAMPLER: "jaeger_remote" }, /sampler "jaeger_remote" is not known/],
    [{ ...endpoint, OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" }, /between 0 and 1/],
    [{ ...endpoint, OTEL_BSP_MAX_QUEUE_SIZE: "-1" }, /must be a number above 0/],
  ])("refuses %j", (env, message) => expect(() => readTracingSettings(env)).toThrow(message));
});

test.each([
  [0, undefined, false],
  [1, undefined, true],
  [0.6, undefined, true],
  [0.4, undefined, false],
  [0, { isSampled: true }, true],
  [1, { isSampled: false }, false],
])("of ratio %d with parent %j: %s", (ratio, parent, want) => {
  expect(shouldSample(`${"0".repeat(18)}80000000000000`, parent, { ratio, followsParent: true })).toBe(want);
});

describe("createTracer()", () => {
  const clock = fakeClock();
  const spans: Span[] = [];
  let number = 0;
  const tracer = createTracer({
    exporter: { add: (span) => void spans.push(span), stop: async () => undefined },
    clock,
    settings: { ratio: 1, followsParent: true },
    randomHex: (digits) => `${++number}`.padStart(digits, "0"),
  });
  const subject = (kind: string, name: string): Parameters<typeof tracer.beginPass>[0] => ({
    group: "g",
    kind,
    namespace: "n",
    name,
  });
  beforeEach(() => void spans.splice(0));

  test("a pass is a span with its steps, and what follows from a revision is of the same trace, once", () => {
    const source = tracer.beginPass(subject("GitRepository", "app"));
    clock.advance(30);
    source.step("Poll", 20);
    source.revision("main@sha1:a");
    source.end({ outcome: "success" });
    const [first, poll] = spans.splice(0);
    expect(first).toMatchObject({ name: "GitRepository: n/app", error: "", attributes: { revision: "main@sha1:a" } });
    expect((first?.endMs ?? 0) - (first?.startMs ?? 0)).toBe(30);
    expect(poll).toMatchObject({ name: "Poll", traceId: first?.traceId, parentSpanId: first?.spanId });

    const apply = (): Span | undefined => {
      const pass = tracer.beginPass(subject("Kustomization", "app"));
      pass.step("Apply", 5, "refused");
      pass.revision("main@sha1:a");
      pass.end({ outcome: "error", error: "refused" });
      return spans.splice(0)[0];
    };
    expect(apply()).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId, error: "refused" });
    expect(apply()?.traceId).not.toBe(first?.traceId);
  });

  test("a request's own trace is gone on with; one that nobody samples costs nothing", () => {
    const parent = { traceId, spanId: "b7ad6b7169203331", isSampled: true };
    tracer.beginPass(subject("GitRepository", "b"), parent).end({ outcome: "success" });
    expect(spans.splice(0)[0]).toMatchObject({ traceId, parentSpanId: parent.spanId });
    tracer.beginPass(subject("GitRepository", "c"), { ...parent, isSampled: false }).end({ outcome: "success" });
    expect(spans).toEqual([]);
  });
});

describe("createSpanExporter()", () => {
  let server: Server;
  let settings: TracingSettings;
  let status = 200;
  const bodies: { headers: Record<string, unknown>; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        bodies.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(status).end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=k",
      OTEL_BSP_MAX_QUEUE_SIZE: "3",
    };
    settings = readTracingSettings(env) as TracingSettings;
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  beforeEach(() => void bodies.splice(0));
  const span: Span = { traceId, spanId: "b7ad6b7169203331", name: "s", startMs: 1.5, endMs: 2, attributes: { a: "b" } };

  test("sends what waits in one body, drops what is too much, and blocks nobody", async () => {
    const exporter = createSpanExporter({ clock: systemClock, logger: silentLogger, settings, env: {} });
    for (let count = 0; count < 5; count++) exporter.add(span);
    await exporter.stop();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.headers).toMatchObject({ "content-type": "application/json", "api-key": "k" });
    const sent = JSON.parse(bodies[0]?.body ?? "") as { resourceSpans: [{ scopeSpans: [{ spans: object[] }] }] };
    const { spans } = sent.resourceSpans[0].scopeSpans[0];
    expect(spans).toHaveLength(3);
    expect(spans[0]).toMatchObject({ startTimeUnixNano: "1500000", endTimeUnixNano: "2000000", kind: 1 });
  });

  test("a collector that refuses is complained of once a minute", async () => {
    const clock = fakeClock();
    const errors: unknown[] = [];
    const logger = {
      log: (_: string, __: string, fields?: object) => void errors.push(fields),
      with: () => silentLogger,
    };
    status = 503;
    const exporter = createSpanExporter({ clock, logger, settings, env: {} });
    for (let count = 0; count < 3; count++) {
      exporter.add(span);
      await exporter.flush();
    }
    status = 200;
    expect(errors).toEqual([{ error: "status 503", dropped: 1 }]);
    await exporter.stop();
  });
});
