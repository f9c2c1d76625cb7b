import { kustomizeGroup, sourceGroup, type GitRepository, type Kustomization } from "@eddy/api";
import { systemClock, type Clock } from "@eddy/core/clock";
import { findCondition, formatTime } from "@eddy/core/conditions";
import { digestOf } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import { silentLogger, type Logger } from "@eddy/core/log";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import {
  createCaches,
  defaultSettings,
  type ControllerHandle,
  type ControllerSettings,
} from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry, type MetricsRegistry } from "@eddy/runtime/metrics";
import { installKinds, watchUntil } from "@eddy/runtime/testing";
import { startKustomizeController, type KustomizationSettings } from "../index.ts";
import { createTap } from "./tap.ts";

/** What a suite is run against. */
export interface WorldOptions {
  kube: KubeClient;
  /** The text of a kubeconfig for the same server, for a Kustomization that reaches it from outside. */
  kubeconfig: string;
  logger?: Logger;
  clock?: Clock;
  settings?: Partial<KustomizationSettings>;
  controllerSettings?: Partial<ControllerSettings>;
}

/** One namespace on an API server, with the kustomize controller running over it. */
export interface World {
  readonly kube: KubeClient;
  /** A kubeconfig for the same server. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Everything that was published, in order. */
  readonly events: readonly ControllerEvent[];
  /** Requests that changed something, as `verb Kind name`, in order. */
  readonly writes: string[];
  /** Makes `files` the artifact of the GitRepository `app`, as a source controller would; resolves the revision. */
  push(files: Readonly<Record<string, string>>, source?: string): Promise<string>;
  /** Creates a Kustomization of `app`, with prune and an interval of an hour. */
  create(name: string, spec?: Partial<Kustomization["spec"]>): Promise<void>;
  change(name: string, spec: Partial<Kustomization["spec"]>): Promise<void>;
  /** Annotates and resolves when the answer is there. */
  request(name: string): Promise<Kustomization>;
  get(kind: string, name: string): Promise<KubeObject | undefined>;
  /** The Kustomization, once `accept` takes it. */
  until(name: string, accept: (object: Kustomization) => boolean): Promise<Kustomization>;
  /** The Kustomization, Ready=True at this revision. */
  ready(name: string, revision: string): Promise<Kustomization>;
  /** The Kustomization, Ready=False with this reason. */
  failed(name: string, reason: string): Promise<Kustomization>;
  /** An object of the namespace, once `accept` takes it (undefined: it is not there). */
  untilObject(
    kind: { group: string; kind: string },
    name: string,
    accept: (object: KubeObject | undefined) => boolean,
  ): Promise<KubeObject | undefined>;
  /** Ends the controller as a killed process does, and starts another with nothing remembered, and perhaps other settings. */
  restart(settings?: Partial<KustomizationSettings>): Promise<void>;
  /** The controller's next `count` writes fail with this error. */
  failNext(count: number, error: Error): void;
  /** The controller's next `writes` writes reach the server, and nothing after them, as if the process were killed. */
  killAfter(writes: number): void;
  /** Resolves when that has happened, or when the Kustomization is Ready because there was less to write. */
  untilKilledOrReady(name: string): Promise<void>;
  /** Resolves when `count` more passes of any object have told that there was nothing to do. */
  untilRoutine(count: number): Promise<void>;
  /** How often passes went through this step. */
  stepsOf(step: string): number;
  /** Resolves when no pass is queued or running. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const installations = new WeakMap<KubeClient, Promise<void>>();
let sequence = 0;

/** Installs the kinds, makes a namespace of its own, and starts the controller for it. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { clock = systemClock } = options;
  const tap = createTap(options.kube);
  const namespace = `ks-${process.pid}-${Date.now() % 1_000_000}-${sequence++}`;
  const installed = installations.get(options.kube) ?? installKinds(options.kube, clock);
  installations.set(options.kube, installed);
  await installed;
  await options.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const trees = new Map<string, FileTree>();
  const events: ControllerEvent[] = [];
  const bus = createEventBus((error) => {
    throw error;
  });
  bus.subscribe((event) => events.push(event));
  let running = start(tap.kube, namespace, trees, bus, options);
  await running.handle.started;

  const ref = (name: string): ObjectRef => ({ group: kustomizeGroup, kind: "Kustomization", namespace, name });
  const untilObject: World["untilObject"] = (kind, name, accept) =>
    watchUntil(options.kube, clock, { ...kind, namespace, name }, accept);
  const until: World["until"] = async (name, accept) =>
    (await untilObject(
      ref(name),
      name,
      (object) => object !== undefined && accept(object as Kustomization),
    )) as Kustomization;
  const readyOf = (object: Kustomization): string => {
    const ready = findCondition(object.status?.conditions, "Ready");
    return `${ready?.status} ${ready?.reason}`;
  };

  return {
    kube: options.kube,
    kubeconfig: options.kubeconfig,
    namespace,
    events,
    writes: tap.writes,
    failNext: (count, error) => tap.failNext(count, error),
    killAfter: (count) => tap.killAfter(count),
    async untilKilledOrReady(name) {
      await Promise.race([tap.killed(), until(name, (object) => readyOf(object).startsWith("True"))]);
    },
    async push(files, source = "app") {
      const digest = digestOf(JSON.stringify(files));
      const revision = `main@sha1:${digest.slice(7, 47)}`;
      trees.set(digest, memoryTree(files));
      await publishArtifact(options.kube, { namespace, name: source, revision, digest });
      return revision;
    },
    async create(name, spec = {}) {
      const sourceRef = { kind: "GitRepository" as const, name: "app" };
      const object = { apiVersion: `${kustomizeGroup}/v1`, kind: "Kustomization", metadata: { name, namespace } };
      await options.kube.create({ ...object, spec: { interval: "1h", prune: true, sourceRef, ...spec } });
    },
    async change(name, spec) {
      await options.kube.patch(ref(name), "merge", { spec: spec as never });
    },
    async request(name) {
      const value = `${Date.now()}-${sequence++}`;
      await options.kube.patch(ref(name), "merge", {
        metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": value } },
      });
      return until(name, ({ status }) => status?.lastHandledReconcileAt === value);
    },
    get: (kind, name) =>
      readOrUndefined(options.kube, { group: kind === "Deployment" ? "apps" : "", kind, namespace, name }),
    until,
    ready: (name, revision) =>
      until(name, (object) => readyOf(object).startsWith("True") && object.status?.lastAppliedRevision === revision),
    failed: (name, reason) => until(name, (object) => readyOf(object) === `False ${reason}`),
    untilObject,
    async restart(settings = options.settings ?? {}) {
      // What a killed process was waiting for never comes.
      const stopped = running.stop();
      if (!tap.isCut()) await stopped;
      tap.revive();
      running = start(tap.kube, namespace, trees, bus, { ...options, settings });
      await running.handle.started;
    },
    untilRoutine(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let seen = 0;
      const cancel = bus.subscribe(({ isRoutine }) => {
        if (isRoutine && ++seen === count) resolve();
      });
      return promise.finally(cancel);
    },
    stepsOf(step) {
      const counted = new RegExp(`^eddy_step_duration_seconds_count\\{.*step="${step}".*\\} (\\d+)$`, "m");
      return Number(counted.exec(running.metrics.render())?.[1] ?? 0);
    },
    idle: () => running.handle.idle(),
    async close() {
      await running.stop();
      await options.kube.delete({ group: "", kind: "Namespace", namespace: "", name: namespace });
    },
  };
}

function start(
  kube: KubeClient,
  namespace: string,
  trees: ReadonlyMap<string, FileTree>,
  events: ReturnType<typeof createEventBus>,
  options: WorldOptions,
): { handle: ControllerHandle; metrics: MetricsRegistry; stop(): Promise<void> } {
  const { clock = systemClock, logger = silentLogger } = options;
  const caches = createCaches({ kube, clock, logger, namespace });
  const settings = { ...defaultSettings, minRetryDelayMs: 50, ...options.controllerSettings };
  const metrics = createMetricsRegistry();
  const environment = {
    kube,
    caches,
    clock,
    logger,
    events,
    metrics,
    masker: createMasker(),
    random: () => 0.5,
    settings,
  };
  const handle = startKustomizeController(environment, {
    artifacts: memoryArtifacts(trees),
    settings: options.settings ?? {},
  });
  return {
    handle,
    metrics,
    async stop() {
      await handle.stop();
      caches.close();
    },
  };
}

function memoryArtifacts(trees: ReadonlyMap<string, FileTree>): Pick<ArtifactStore, "tree"> {
  return {
    async tree({ digest }) {
      const tree = trees.get(digest);
      if (!tree) throw new EddyError("ARTIFACT_NOT_FOUND", `artifact ${digest} is not there`);
      return tree;
    },
  };
}

async function publishArtifact(
  kube: KubeClient,
  { namespace, name, revision, digest }: { namespace: string; name: string; revision: string; digest: string },
): Promise<void> {
  const ref = { group: sourceGroup, kind: "GitRepository", version: "v1", namespace, name };
  const object = { apiVersion: `${sourceGroup}/v1`, kind: "GitRepository", metadata: { name, namespace } };
  if (!(await readOrUndefined(kube, ref)))
    await kube.create({ ...object, spec: { interval: "1h", url: "https://example.org/app.git" } });
  const artifact: NonNullable<GitRepository["status"]>["artifact"] = {
    path: `gitrepository/${namespace}/${name}/${digest.slice(7)}.tar.gz`,
    url: `http://source-controller/${digest.slice(7)}.tar.gz`,
    revision,
    digest,
    lastUpdateTime: formatTime(new Date()),
  };
  await kube.patch(
    ref,
    "merge",
    { status: { artifact: artifact as never } },
    { subresource: "status", fieldManager: "source-controller" },
  );
}

async function readOrUndefined(kube: KubeClient, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await kube.get(ref);
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw error;
  }
}
