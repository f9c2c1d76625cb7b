import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, kinds, type Kind } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { silentLogger } from "@eddy/core/log";
import type { ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import type { FileTree } from "@eddy/core/tree";
import { startControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, reflect, resolveContext, type KubeClient } from "@eddy/kube";
import { createArtifactStore, type ArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings, type ControllerHandle } from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startSourceControllers } from "../index.ts";
import type { Source } from "../source/source.ts";

/** One kind's controller on a control plane, and what a scenario does and sees there. One bed a file. */
export interface SourceBed<T extends Source> {
  readonly kube: KubeClient;
  /** Private to the bed; artifacts are below `storage`. */
  readonly folder: string;
  /** What was published since the namespace began. */
  readonly events: ControllerEvent[];
  readonly artifacts: ArtifactStore;
  /** The kind's controller. */
  readonly handle: ControllerHandle;
  /** Where the scenario's objects are. */
  readonly namespace: string;
  /** Requests that wrote an object of the kind. */
  statusWrites(): number;
  /** A new namespace for the next scenario. */
  enterNamespace(): Promise<string>;
  ref(name: string): ObjectRef;
  create(name: string, spec: Record<string, unknown>): Promise<void>;
  createSecret(name: string, stringData: Record<string, string>): Promise<void>;
  /** A merge patch. */
  change(name: string, patch: Record<string, unknown>): Promise<void>;
  /** Asks for a pass by annotation; resolves once it has been handled and nothing is queued. */
  request(name: string): Promise<T>;
  /** Resolves when the object is as wanted; rejects after 18 s with what it is instead. */
  untilObject(name: string, accept: (object: T) => boolean): Promise<T>;
  untilGone(name: string): Promise<void>;
  treeOf(object: T): Promise<FileTree>;
  /** Ends the controllers and starts them again over the same storage. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A bed for the kind; `others` are kinds whose definitions and controllers run too. `hasWorkloadIdentity`: the gate is on. */
export async function startSourceBed<T extends Source>(
  kind: Kind,
  options: { others?: readonly Kind[]; hasWorkloadIdentity?: boolean } = {},
): Promise<SourceBed<T>> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-source-"));
  const plane = await startPlane();
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const running = [kind, ...(options.others ?? [])];
  const { hasWorkloadIdentity = false } = options;
  for (const each of kinds.filter((known) => running.includes(known))) await define(kube, each);
  const listeners = new Set<() => void>();
  const gvk = { group: kind.group, kind: kind.kind };
  const watched = reflect<T>(kube, gvk, {}, () => {
    for (const look of listeners) look();
  });
  await watched.synced;
  const events: ControllerEvent[] = [];
  let [statusWrites, sequence, namespace] = [0, 0, ""];

  const start = async (): Promise<{ handle: ControllerHandle; artifacts: ArtifactStore; stop(): Promise<void> }> => {
    const counting: KubeClient = {
      ...kube,
      patch(key, ...rest) {
        if (key.kind === kind.kind) statusWrites++;
        return kube.patch(key, ...rest);
      },
    };
    const base = { clock: systemClock, logger: silentLogger, kube: counting };
    const caches = createCaches({ ...base, namespace: "" });
    const bus = createEventBus((error) => {
      throw error;
    });
    bus.subscribe((event) => events.push(event));
    const advertisedAddress = "source-controller.test.";
    const artifacts = createArtifactStore({ storagePath: join(folder, "storage"), advertisedAddress });
    const settings = { ...defaultSettings, minRetryDelayMs: 20, maxRetryDelayMs: 100, requeueDependencyMs: 50 };
    const rest = { events: bus, metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5, settings };
    const names = running.map((each) => each.kind);
    const handles = startSourceControllers(
      { ...base, ...rest, caches },
      { artifacts, kinds: names, hasWorkloadIdentity },
    );
    await Promise.all([...handles.values()].map(({ started }) => started));
    const handle = handles.get(kind.kind);
    if (!handle) throw new Error(`no controller for ${kind.kind}`);
    return {
      handle,
      artifacts,
      async stop() {
        await Promise.all([...handles.values()].map((each) => each.stop()));
        caches.close();
      },
    };
  };
  let controllers = await start();

  const ref = (name: string): ObjectRef => ({ ...gvk, namespace, name });
  const change = async (name: string, patch: Record<string, unknown>): Promise<void> =>
    void (await kube.patch(ref(name), "merge", patch as never));
  const watchUntil = (name: string, accept: (object: T | undefined) => boolean): Promise<T | undefined> => {
    const found = Promise.withResolvers<T | undefined>();
    const at = namespace;
    const look = (): void => {
      const object = watched.store.get(at, name);
      if (accept(object)) found.resolve(object);
    };
    const cancel = systemClock.after(18_000, () => {
      const status = JSON.stringify(watched.store.get(at, name)?.status, null, 1);
      found.reject(new Error(`waited too long for ${name}: ${status}`));
    });
    listeners.add(look);
    look();
    return found.promise.finally(() => {
      listeners.delete(look);
      cancel();
    });
  };
  const untilObject = async (name: string, accept: (object: T) => boolean): Promise<T> =>
    (await watchUntil(name, (object) => object !== undefined && accept(object))) as T;

  return {
    kube,
    folder,
    events,
    get artifacts() {
      return controllers.artifacts;
    },
    get handle() {
      return controllers.handle;
    },
    get namespace() {
      return namespace;
    },
    statusWrites: () => statusWrites,
    async enterNamespace() {
      // An event follows the status that a scenario has waited for.
      await controllers.handle.idle();
      namespace = `ns-${sequence++}`;
      events.length = 0;
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      return namespace;
    },
    ref,
    async create(name, spec) {
      const apiVersion = `${kind.group}/${kind.storageVersion}`;
      await kube.create({ apiVersion, kind: kind.kind, metadata: { name, namespace }, spec });
    },
    async createSecret(name, stringData) {
      await kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData });
    },
    change,
    async request(name) {
      const at = `request-${sequence++}`;
      await change(name, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } });
      const handled = await untilObject(name, ({ status }) => status?.lastHandledReconcileAt === at);
      await controllers.handle.idle();
      return handled;
    },
    untilObject,
    async untilGone(name) {
      await watchUntil(name, (object) => object === undefined);
    },
    async treeOf(object) {
      if (!object.status?.artifact) throw new Error("no artifact");
      return controllers.artifacts.tree(object.status.artifact);
    },
    async restart() {
      await controllers.stop();
      controllers = await start();
    },
    async stop() {
      watched.stop();
      await controllers.stop();
      await plane.stop();
      kube.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The embedded control plane, or the one that the file `EDDY_TEST_KUBECONFIG` names. */
async function startPlane(): Promise<{ kubeconfig: string; stop(): Promise<void> }> {
  const given = process.env["EDDY_TEST_KUBECONFIG"];
  if (given === undefined) return startControlPlane({});
  return { kubeconfig: readFileSync(given, "utf8"), stop: async () => undefined };
}

/** Resolves when the kind is served, which a real API server does a moment after it has taken the definition. */
async function define(kube: KubeClient, kind: Kind): Promise<void> {
  await kube.apply(crdOf(kind), { fieldManager: "test", force: true });
  for (let attempt = 0; ; attempt++) {
    try {
      await kube.resourceFor({ group: kind.group, kind: kind.kind }, { force: true });
      return;
    } catch (error) {
      if (attempt > 100) throw error;
      await delay(systemClock, 50);
    }
  }
}

/** `Type=Status/Reason: message` of every condition. */
export function conditionsOf({ status }: Source): string[] {
  return (status?.conditions ?? []).map(
    ({ type, status: is, reason, message }) => `${type}=${is}/${reason}: ${message}`,
  );
}

/** Whether Ready is this, and true of the present generation. */
export const settled =
  (status: string) =>
  (object: Source): boolean =>
    findCondition(object.status?.conditions, "Ready")?.status === status &&
    (status !== "True" || object.status?.observedGeneration === object.metadata.generation);

/** Whether the object is stalled. */
export const isStalled = (object: Source): boolean =>
  findCondition(object.status?.conditions, "Stalled")?.status === "True";

/** A file's text. */
export function readText(tree: FileTree, path: string): string | undefined {
  const content = tree.read(path);
  return content && Buffer.from(content).toString();
}
