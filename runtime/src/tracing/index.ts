/**
 * Passes as traces: a span a pass, one a step, sent to an OpenTelemetry collector as OTLP over HTTP, in JSON.
 *
 * Not metrics and not logs. Loaded only where a collector is named. Entry points: {@link readTracingSettings}, {@link createTracer};
 * {@link encodeSpans} for whoever has spans of its own.
 */
export { encodeSpans, type Span, type SpanGroup } from "./encode-spans.ts";
export { createSpanExporter, type SpanExporter } from "./span-exporter.ts";
export { parseTraceparent, type TraceContext } from "./trace-context.ts";
export { createTracer } from "./tracer.ts";
export type { PassEnd, PassTrace, Tracer } from "./pass-trace.ts";
export { readTracingSettings, type TracingSettings } from "./tracing-settings.ts";
