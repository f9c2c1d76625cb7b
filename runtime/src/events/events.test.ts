import { fakeClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import type { KubeClient } from "@eddy/kube";
import { describe, expect, test } from "vitest";
import { createEventBus } from "./bus.ts";
import type { ControllerEvent } from "./event.ts";
import { kubernetesEvent, seriesKeyOf } from "./kubernetes-event.ts";
import { recordEvents } from "./record-events.ts";

const event = (more: Partial<ControllerEvent> = {}): ControllerEvent => ({
  involvedObject: {
    group: "kustomize.toolkit.fluxcd.io",
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    namespace: "ns",
    name: "apps",
    uid: "u",
  },
  severity: "info",
  timestamp: "2026-01-01T00:00:00Z",
  message: "ConfigMap/ns/a created",
  reason: "Progressing",
  metadata: { "kustomize.toolkit.fluxcd.io/revision": "main@sha1:1" },
  reportingController: "kustomize-controller",
  reportingInstance: "kustomize-controller",
  ...more,
});

test("kubernetesEvent() is what upstream's recorder writes", () => {
  const series = {
    name: "apps.1",
    count: 2,
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:00:05Z",
  };
  expect(kubernetesEvent(event({ severity: "error" }), series)).toEqual({
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: "apps.1",
      namespace: "ns",
      annotations: { "kustomize.toolkit.fluxcd.io/revision": "main@sha1:1" },
    },
    involvedObject: {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      namespace: "ns",
      name: "apps",
      uid: "u",
    },
    reason: "Progressing",
    message: "ConfigMap/ns/a created",
    type: "Warning",
    source: { component: "kustomize-controller" },
    reportingComponent: "kustomize-controller",
    reportingInstance: "kustomize-controller",
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:00:05Z",
    count: 2,
  });
});

describe("seriesKeyOf()", () => {
  const routine = (message: string): ControllerEvent =>
    event({ message, metadata: { "kustomize.toolkit.fluxcd.io/commit_status": "update" } });
  test.each([
    ["the same text", event(), event(), true],
    ["another text", event(), event({ message: "ConfigMap/ns/b created" }), false],
    ["another revision", event(), event({ metadata: {} }), true],
    ["an error of the same text", event(), event({ severity: "error" }), false],
    ["routine news with another duration", routine("finished in 1s"), routine("finished in 2s"), true],
  ])("%s", (_name, left, right, isSame) => {
    expect(seriesKeyOf(left) === seriesKeyOf(right)).toBe(isSame);
  });
});

test("a listener that throws loses its own event only", () => {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const bus = createEventBus((error) => errors.push(error));
  bus.subscribe(() => {
    throw new Error("broken");
  });
  const cancel = bus.subscribe(({ reason }) => void heard.push(reason));
  bus.publish(event());
  cancel();
  bus.publish(event());
  expect([heard, errors.length]).toEqual([["Progressing"], 2]);
});

test("a repeat with another text has the annotations of that, too; the same text counts", async () => {
  const clock = fakeClock();
  const patches: unknown[] = [];
  const kube: Partial<KubeClient> = {
    create: (object) => Promise.resolve(object as never),
    patch: (_key, _type, patch) => {
      patches.push(patch);
      return Promise.resolve({} as never);
    },
  };
  const bus = createEventBus(() => undefined);
  const recorder = recordEvents(bus, { kube: kube as KubeClient, clock, logger: silentLogger });
  const finished = (ms: number, revision: string): ControllerEvent =>
    event({ message: `finished in ${ms}ms`, metadata: { "group/commit_status": "update", revision } });
  for (const each of [finished(7, "1"), finished(7, "2"), finished(8, "3")]) {
    bus.publish(each);
    await recorder.flush();
  }
  recorder.stop();
  const annotations = { "group/commit_status": "update", revision: "3" };
  const lastTimestamp = "2026-01-01T00:00:00Z";
  expect(patches).toEqual([
    { count: 2, lastTimestamp },
    { count: 3, lastTimestamp, message: "finished in 8ms", metadata: { annotations } },
  ]);
});

describe("recordEvents() writes", () => {
  const clock = fakeClock();
  const written: string[] = [];
  const kube: Partial<KubeClient> = {
    create: (object) => {
      written.push(String(object["message"]));
      return Promise.resolve(object as never);
    },
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const record = (): { publish(message: string): void; stop(): void } => {
    written.length = 0;
    const bus = createEventBus(() => undefined);
    const { stop } = recordEvents(bus, { kube: kube as KubeClient, clock, logger: silentLogger });
    return { publish: (message) => bus.publish(event({ message })), stop };
  };

  test("what is new within a second, also while repeats are held back", async () => {
    const { publish, stop } = record();
    publish("first");
    await pass(1_000);
    publish("first");
    await pass(1_000);
    publish("second");
    await pass(1_000);
    stop();
    expect(written).toEqual(["first", "second"]);
  });

  test("once it is quiet, and after five seconds in any case", async () => {
    const { publish, stop } = record();
    const counts: number[] = [];
    for (let number = 0; number < 8; number++) {
      publish(`event ${number}`);
      await pass(700);
      counts.push(written.length);
    }
    await pass(300);
    stop();
    expect([counts, written.length]).toEqual([[0, 0, 0, 0, 0, 0, 0, 8], 8]);
  });
});
