import type { JsonObject } from "@eddy/core/json";

/** One span. Ids are lower hex: 32 digits of a trace, 16 of a span. Times are milliseconds since the epoch. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent: nothing is said; "": it went well; else why it failed. */
  readonly error?: string;
}

/** Spans of one resource. */
export interface SpanGroup {
  /** Like `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
  /** Name of the instrumentation. */
  readonly scope: string;
  readonly spans: readonly Span[];
}

/** The body of an OTLP/HTTP request, as JSON. Source: OTLP 1.x `ExportTraceServiceRequest`, whose ids are hex in JSON. */
export function encodeSpans({ resource, scope, spans }: SpanGroup): JsonObject {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        schemaUrl: "https://opentelemetry.io/schemas/1.34.0",
        scopeSpans: [{ scope: { name: scope }, spans: spans.map(encodeSpan) }],
      },
    ],
  };
}

function encodeSpan({
  traceId,
  spanId,
  parentSpanId,
  name,
  startMs,
  endMs,
  attributes: values,
  error,
}: Span): JsonObject {
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    // INTERNAL.
    kind: 1,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributes(values),
    ...(error === undefined ? {} : { status: error === "" ? { code: 1 } : { code: 2, message: error } }),
  };
}

function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms * 1_000)) * 1_000n}`;
}

function attributes(values: Readonly<Record<string, string>>): JsonObject[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
