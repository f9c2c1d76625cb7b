import { requestedAtAnnotation, traceparentAnnotation } from "@eddy/api";
import { refOf } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { parseTraceparent } from "../tracing/trace-context.ts";
import type { PassTrace, TraceContext, Tracer } from "../tracing/index.ts";
import type { ReconcilableObject } from "./object.ts";
import type { RunEvent } from "./run.ts";

/** What the runner tells of one pass. */
export interface TracedPass {
  readonly pass: PassTrace;
  /** An event was published: it may name the revision, or what went wrong. */
  told(event: RunEvent): void;
  end(outcome: string, eventMetadata: Readonly<Record<string, string>>): void;
}

/** Begins the trace of a pass; one that answers a request with a trace of its own goes on with that. */
export function tracePass(object: ReconcilableObject, tracer: Tracer, masker: Pick<Masker, "mask">): TracedPass {
  const pass = tracer.beginPass({ ...refOf(object), uid: object.metadata.uid }, requestedTrace(object));
  let error: string | undefined;
  const revisionIn = (metadata: Readonly<Record<string, string>> = {}): void => {
    const found = Object.entries(metadata).find(([key]) => key.endsWith("/revision"));
    if (found) pass.revision(found[1]);
  };
  return {
    pass,
    told({ severity, message, metadata }) {
      if (severity === "error") error = masker.mask(message);
      revisionIn(metadata);
    },
    end(outcome, eventMetadata) {
      revisionIn(eventMetadata);
      pass.end({ outcome, error: outcome === "error" ? (error ?? "failed") : undefined });
    },
  };
}

function requestedTrace({ metadata, status }: ReconcilableObject): TraceContext | undefined {
  const [traceparent, at] = (metadata.annotations?.[traceparentAnnotation] ?? "").split(" ");
  const requestedAt = metadata.annotations?.[requestedAtAnnotation];
  if (at === undefined || at !== requestedAt || status?.lastHandledReconcileAt === requestedAt) return undefined;
  return parseTraceparent(traceparent);
}
