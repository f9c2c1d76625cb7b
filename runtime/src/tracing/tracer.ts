import type { Clock } from "@eddy/core/clock";
import type { Span } from "./encode-spans.ts";
import type { PassEnd, PassSubject, Tracer } from "./pass-trace.ts";
import { createRevisionTraces } from "./revision-traces.ts";
import type { SpanExporter } from "./span-exporter.ts";
import type { TraceContext } from "./trace-context.ts";
import type { TracingSettings } from "./tracing-settings.ts";

/** What a tracer needs. */
export interface TracerOptions {
  exporter: Pick<SpanExporter, "add" | "stop">;
  clock: Clock;
  settings: Pick<TracingSettings, "ratio" | "followsParent">;
  /** So many random digits, lower hex. */
  randomHex(digits: number): string;
}

interface Step {
  name: string;
  startMs: number;
  endMs: number;
  error: string | undefined;
}

/**
 * A tracer. A pass's spans are made when it has ended: only then it is known which revision it was about, and so which trace it belongs
 * to. That of the source that stored the revision takes in the passes that apply it.
 */
export function createTracer(options: TracerOptions): Tracer {
  const { exporter, clock } = options;
  const revisions = createRevisionTraces(clock);
  const end = (subject: PassSubject, pass: Pass, { outcome, error }: PassEnd): void => {
    const spanId = options.randomHex(16);
    const follower = `${subject.kind}/${subject.namespace}/${subject.name}`;
    const parent = pass.parent ?? revisions.join(pass.revision, follower);
    const traceId = parent?.traceId ?? options.randomHex(32);
    const isSampled = shouldSample(traceId, parent, options.settings);
    if (pass.revision !== undefined) revisions.remember(pass.revision, follower, { traceId, spanId, isSampled });
    if (!isSampled) return;
    const root = {
      traceId,
      spanId,
      parentSpanId: parent?.spanId,
      name: `${subject.kind}: ${follower.slice(subject.kind.length + 1)}`,
    };
    const attributes = {
      ...attributesOf(subject),
      ...(pass.revision === undefined ? {} : { revision: pass.revision }),
      outcome,
    };
    exporter.add({ ...root, startMs: pass.startMs, endMs: clock.now(), attributes, error: error ?? "" });
    for (const { name, startMs, endMs, error: why } of pass.steps) {
      const span: Span = {
        traceId,
        spanId: options.randomHex(16),
        parentSpanId: spanId,
        name,
        startMs,
        endMs,
        attributes: {},
      };
      exporter.add(why === undefined ? span : { ...span, error: why });
    }
  };
  return {
    beginPass(subject, parent) {
      const pass: Pass = { startMs: clock.now(), steps: [], parent, revision: undefined };
      return {
        step(name, durationMs, error) {
          const endMs = clock.now();
          if (pass.steps.length < maxSteps) pass.steps.push({ name, startMs: endMs - durationMs, endMs, error });
        },
        revision: (revision) => void (pass.revision = revision),
        end: (how) => end(subject, pass, how),
      };
    },
    stop: () => exporter.stop(),
  };
}

interface Pass {
  startMs: number;
  steps: Step[];
  parent: TraceContext | undefined;
  revision: string | undefined;
}

const maxSteps = 100;

function attributesOf({ group, kind, namespace, name, uid }: PassSubject): Record<string, string> {
  return {
    "object.group": group,
    "object.kind": kind,
    "object.namespace": namespace,
    "object.name": name,
    ...(uid === undefined ? {} : { "object.uid": uid }),
  };
}

/** Whether a trace is kept. Source: OpenTelemetry `TraceIdRatioBased`: the last 56 bits of its id decide. */
export function shouldSample(
  traceId: string,
  parent: Pick<TraceContext, "isSampled"> | undefined,
  { ratio, followsParent }: TracerOptions["settings"],
): boolean {
  if (parent && followsParent) return parent.isSampled;
  return Number.parseInt(traceId.slice(-14), 16) < ratio * 2 ** 56;
}
