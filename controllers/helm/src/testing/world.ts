import {
  forceAtAnnotation,
  helmGroup,
  requestedAtAnnotation,
  resetAtAnnotation,
  type HelmRelease,
  type HelmReleaseSpec,
} from "@eddy/api";
import { systemClock, type Clock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { silentLogger, type Logger } from "@eddy/core/log";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import {
  createCaches,
  defaultSettings,
  type ControllerHandle,
  type ControllerSettings,
} from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createReleaseStorage, type ReleaseStorage } from "@eddy/runtime/helm";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { installKinds, watchUntil } from "@eddy/runtime/testing";
import { startHelmController, type HelmReleaseSettings } from "../index.ts";
import { startFakeSources, type ChartFixture, type FakeSources } from "./fake-sources.ts";
import { createTap, type Tap } from "./tap.ts";

/** What a suite is run against. */
export interface WorldOptions {
  kube: KubeClient;
  /** The text of a kubeconfig for the same server, for a HelmRelease that reaches it from outside. */
  kubeconfig: string;
  logger?: Logger;
  clock?: Clock;
  settings?: Partial<HelmReleaseSettings>;
  controllerSettings?: Partial<ControllerSettings>;
}

/** One namespace on an API server, with the helm controller running over it. */
export interface World {
  readonly kube: KubeClient;
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Everything that was published, in order. */
  readonly events: readonly ControllerEvent[];
  /** The controller's own requests, and ways to make them fail. */
  readonly tap: Tap;
  readonly sources: FakeSources;
  /** Helm's storage in the world's namespace. */
  readonly storage: ReleaseStorage;
  push(chart: ChartFixture): Promise<void>;
  /** Creates a HelmRelease of the chart `app`, with an interval of an hour. */
  create(name: string, spec?: Partial<HelmReleaseSpec>): Promise<void>;
  change(name: string, spec: { [K in keyof HelmReleaseSpec]?: unknown }): Promise<void>;
  /** Annotates and resolves when the answer is there. */
  request(name: string, ...also: ("force" | "reset")[]): Promise<HelmRelease>;
  get(kind: string, name: string, group?: string): Promise<KubeObject | undefined>;
  /** The HelmRelease, once `accept` takes it. */
  until(name: string, accept: (object: HelmRelease) => boolean): Promise<HelmRelease>;
  /** The HelmRelease, Ready=True with this chart version released. */
  ready(name: string, version?: string): Promise<HelmRelease>;
  /** The HelmRelease, Ready=False with this reason. */
  failed(name: string, reason: string): Promise<HelmRelease>;
  /** The HelmRelease, Stalled with this reason. */
  stalled(name: string, reason: string): Promise<HelmRelease>;
  untilObject(
    ref: Omit<ObjectRef, "namespace">,
    accept: (object: KubeObject | undefined) => boolean,
  ): Promise<KubeObject | undefined>;
  /** Ends the controller and starts another with nothing remembered, and perhaps other settings. */
  restart(settings?: Partial<HelmReleaseSettings>): Promise<void>;
  /** Resolves when no pass is queued or running. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const installations = new WeakMap<KubeClient, Promise<void>>();
let sequence = 0;

/** Installs the kinds, makes a namespace of its own, and starts the controller for it. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { kube, clock = systemClock } = options;
  const tap = createTap(kube);
  const namespace = `hr-${process.pid}-${Date.now() % 1_000_000}-${sequence++}`;
  const installed = installations.get(kube) ?? installKinds(kube, clock);
  installations.set(kube, installed);
  await installed;
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const events: ControllerEvent[] = [];
  const bus = createEventBus((error) => {
    throw error;
  });
  bus.subscribe((event) => events.push(event));
  const sources = startFakeSources(kube, namespace, clock);
  let running = start({ ...options, kube: tap.kube }, namespace, sources, bus);
  await running.handle.started;

  const ref = (name: string): ObjectRef => ({ group: helmGroup, kind: "HelmRelease", namespace, name });
  const untilObject: World["untilObject"] = (wanted, accept) =>
    watchUntil(kube, clock, { ...wanted, namespace }, accept);
  const until: World["until"] = async (name, accept) =>
    (await untilObject(ref(name), (object) => object !== undefined && accept(object as HelmRelease))) as HelmRelease;

  return {
    kube,
    kubeconfig: options.kubeconfig,
    namespace,
    events,
    tap,
    sources,
    storage: createReleaseStorage(kube, { namespace, clock }),
    push: (chart) => sources.push(chart),
    async create(name, spec = {}) {
      const sourceRef = { kind: "HelmRepository" as const, name: "charts" };
      const chart = spec.chartRef ? {} : { chart: { spec: { chart: "app", sourceRef } } };
      const object = { apiVersion: `${helmGroup}/v2`, kind: "HelmRelease", metadata: { name, namespace } };
      await kube.create({ ...object, spec: { interval: "1h", ...chart, ...spec } });
    },
    async change(name, spec) {
      await kube.patch(ref(name), "merge", { spec: spec as never });
    },
    async request(name, ...also) {
      const value = `${Date.now()}-${sequence++}`;
      const annotations: Record<string, string> = { [requestedAtAnnotation]: value };
      if (also.includes("force")) annotations[forceAtAnnotation] = value;
      if (also.includes("reset")) annotations[resetAtAnnotation] = value;
      await kube.patch(ref(name), "merge", { metadata: { annotations } });
      return until(name, ({ status }) => status?.lastHandledReconcileAt === value);
    },
    async get(kind, name, group = "") {
      try {
        return await kube.get({ group, kind, namespace, name });
      } catch (error) {
        if (hasReason(error, "NotFound")) return undefined;
        throw error;
      }
    },
    until,
    ready: (name, version) =>
      until(name, ({ status, metadata }) => {
        const isReady = findCondition(status?.conditions, "Ready")?.status === "True";
        const isCurrent = status?.observedGeneration === metadata.generation;
        return isReady && isCurrent && (version === undefined || status?.history?.[0]?.chartVersion === version);
      }),
    failed: (name, reason) =>
      until(name, ({ status }) => {
        const ready = findCondition(status?.conditions, "Ready");
        return ready?.status === "False" && ready.reason === reason;
      }),
    stalled: (name, reason) =>
      until(name, ({ status }) => findCondition(status?.conditions, "Stalled")?.reason === reason),
    untilObject,
    async restart(settings = options.settings ?? {}) {
      // What a killed process was waiting for never comes.
      const stopped = running.stop();
      if (!tap.isCut()) await stopped;
      tap.revive();
      running = start({ ...options, kube: tap.kube, settings }, namespace, sources, bus);
      await running.handle.started;
    },
    idle: () => running.handle.idle(),
    async close() {
      await running.stop();
      sources.stop();
      await kube.delete({ group: "", kind: "Namespace", namespace: "", name: namespace });
    },
  };
}

function start(
  { kube, clock = systemClock, logger = silentLogger, settings = {}, controllerSettings = {} }: WorldOptions,
  namespace: string,
  { artifacts }: FakeSources,
  events: ReturnType<typeof createEventBus>,
): { handle: ControllerHandle; stop(): Promise<void> } {
  const caches = createCaches({ kube, clock, logger, namespace });
  const environment = {
    kube,
    caches,
    clock,
    logger,
    events,
    metrics: createMetricsRegistry(),
    masker: createMasker(),
    random: () => 0.5,
    settings: { ...defaultSettings, minRetryDelayMs: 50, ...controllerSettings },
  };
  const handle = startHelmController(environment, { artifacts, settings });
  return {
    handle,
    async stop() {
      await handle.stop();
      caches.close();
    },
  };
}
