import { describe, expect, it } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import type { ControllerEvent } from "@eddy/runtime/events";
import { notifyPlaces } from "../workload/notify-places.ts";
import { createReporter, type UpdateReason } from "./reporter.ts";

const workload = (metadata: object): KubeObject =>
  ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "a", ...metadata } }) as KubeObject;
const release = (keel: object): KubeObject =>
  ({
    ...workload({ annotations: { "keel.sh/notify": "no" } }),
    kind: "HelmRelease",
    spec: { values: { keel } },
  }) as KubeObject;

describe("notifyPlaces()", () => {
  it.each<[string, KubeObject, string]>([
    ["nothing", workload({}), ""],
    ["a label", workload({ labels: { "keel.sh/notify": "team" } }), "team"],
    [
      "an annotation before a label",
      workload({ labels: { "keel.sh/notify": "a" }, annotations: { "keel.sh/notify": "b,c" } }),
      "b,c",
    ],
    ["a release's values", release({ notificationChannels: ["a", 1, "b"] }), "a,b"],
    ["a release that says nothing", release({}), ""],
  ])("%s", (_, object, want) => expect(notifyPlaces(object)).toBe(want));
});

describe("what is told", () => {
  const eventOf = (reason: UpdateReason, object: KubeObject): ControllerEvent | undefined => {
    const events: ControllerEvent[] = [];
    const sink = { publish: (event: ControllerEvent) => void events.push(event) };
    createReporter({ events: sink, clock: fakeClock(), masker: createMasker() }).report(object, reason, "x", {
      revision: "r",
    });
    return events[0];
  };
  it.each<[UpdateReason, string | undefined]>([
    ["UpdateCommitted", "success"],
    ["UpdateWritten", "success"],
    ["UpdateHeld", "info"],
    ["UpdateWaiting", "info"],
    ["InvalidPolicy", "warn"],
    ["UpdateRefused", "error"],
    ["UpdateFailed", "error"],
    ["ApprovalRequested", undefined],
    ["ApprovalMissing", undefined],
  ])("%s has the level %s", (reason, level) => {
    const told = eventOf(reason, workload({ annotations: { "keel.sh/notify": "team" } }));
    const news = level === undefined ? {} : { "keel.sh/level": level, "keel.sh/notify": "team" };
    expect(told?.metadata).toEqual({ revision: "r", ...news });
  });
});
