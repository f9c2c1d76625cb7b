import { createMasker } from "@eddy/core/secrets";
import { expect, test } from "vitest";
import type { Tracer } from "../tracing/index.ts";
import type { ReconcilableObject } from "./object.ts";
import { tracePass } from "./trace-pass.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const requestedAt = "reconcile.fluxcd.io/requestedAt";

function traced(
  annotations: Record<string, string>,
  lastHandledReconcileAt?: string,
): { told: unknown[]; trace: ReturnType<typeof tracePass> } {
  const told: unknown[] = [];
  const tracer: Tracer = {
    beginPass: (subject, parent) => {
      told.push([subject.kind, parent?.spanId]);
      return { step: () => {}, revision: (revision) => told.push(revision), end: (end) => told.push(end) };
    },
    stop: async () => undefined,
  };
  const masker = createMasker();
  masker.register("pass-word");
  const object: ReconcilableObject = {
    apiVersion: "g/v1",
    kind: "Kind",
    metadata: { name: "a", namespace: "b", annotations },
    spec: {},
    status: lastHandledReconcileAt === undefined ? {} : { lastHandledReconcileAt },
  };
  return { told, trace: tracePass(object, tracer, masker) };
}

test.each<[string, Record<string, string>, string | undefined, string | undefined]>([
  [
    "the request has one",
    { "eddy.sh/traceparent": `${traceparent} 1`, [requestedAt]: "1" },
    undefined,
    "b7ad6b7169203331",
  ],
  [
    "another request came since",
    { "eddy.sh/traceparent": `${traceparent} 1`, [requestedAt]: "2" },
    undefined,
    undefined,
  ],
  ["the request was answered", { "eddy.sh/traceparent": `${traceparent} 1`, [requestedAt]: "1" }, "1", undefined],
  ["it is none", { "eddy.sh/traceparent": "x 1", [requestedAt]: "1" }, undefined, undefined],
  ["nobody asked", {}, undefined, undefined],
])("the trace of a request: %s", (_, annotations, handled, want) => {
  expect(traced(annotations, handled).told).toEqual([["Kind", want]]);
});

test("revision and failure are what the events say, masked", () => {
  const { told, trace } = traced({});
  trace.told({
    severity: "error",
    reason: "BuildFailed",
    message: "no pass-word",
    metadata: { "g/revision": "main@sha1:a" },
  });
  trace.end("error", {});
  expect(told.slice(1)).toEqual(["main@sha1:a", { outcome: "error", error: "no *****" }]);
});
