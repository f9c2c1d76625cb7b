import { createHash } from "node:crypto";
import {
  crdOf,
  imagePolicyKind,
  imageRepositoryKind,
  type ImagePolicy,
  type ImageRepository,
  type Kind,
} from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, reflect, resolveContext, type KubeClient } from "@eddy/kube";
import type { Registry } from "@eddy/registry";
import {
  createCaches,
  defaultSettings,
  type ControllerHandle,
  type ControllerSettings,
} from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry, type MetricsRegistry } from "@eddy/runtime/metrics";
import { startImageControllers } from "../index.ts";

/** Scans and selections on a control plane, and what a scenario does and sees there. One bed a file. */
export interface ImageBed {
  readonly kube: KubeClient;
  /** What was published since the namespace began. */
  readonly events: ControllerEvent[];
  readonly namespace: string;
  /** All metrics since the last start, as text. */
  metrics(): string;
  /** Writes of the kind since the bed began. */
  writes(kind: string): number;
  enterNamespace(labels?: Record<string, string>): Promise<string>;
  repository(name: string, spec: Partial<ImageRepository["spec"]> & { image: string }): Promise<void>;
  policy(name: string, spec: Partial<ImagePolicy["spec"]>): Promise<void>;
  createSecret(name: string, stringData: Record<string, string>, type?: string): Promise<void>;
  change(kind: Kind, name: string, patch: Record<string, unknown>): Promise<void>;
  /** Asks for a pass by annotation; resolves once it has been handled and nothing is queued. */
  request<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T>;
  /** Resolves when the object is as wanted; rejects after 10 s with what it is instead. */
  until<T extends KubeObject>(kind: Kind<T>, name: string, accept: (object: T) => boolean): Promise<T>;
  untilGone(kind: Kind, name: string): Promise<void>;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
  /** Asks for a pass as a timer does. */
  tick(kind: Kind, name: string): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  metrics: MetricsRegistry;
  handles: Map<string, ControllerHandle>;
  stop(): Promise<void>;
}

/** A bed with both controllers. */
export async function startImageBed(
  options: { settings?: Partial<ControllerSettings>; hasWorkloadIdentity?: boolean } = {},
): Promise<ImageBed> {
  const plane = await startControlPlane({});
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const kinds: readonly Kind[] = [imageRepositoryKind, imagePolicyKind];
  for (const kind of kinds) await kube.apply(crdOf(kind), { fieldManager: "test", force: true });
  const looks = new Set<() => void>();
  const look = (): void => {
    for (const each of looks) each();
  };
  const watched = new Map(kinds.map((kind) => [kind.kind, reflect<KubeObject>(kube, gvkOf(kind), {}, look)]));
  for (const { synced } of watched.values()) await synced;
  const events: ControllerEvent[] = [];
  const writes = new Map<string, number>();
  let [sequence, namespace] = [0, ""];
  const start = async (): Promise<Running> => {
    const counting: KubeClient = {
      ...kube,
      patch(key, ...rest) {
        writes.set(key.kind, (writes.get(key.kind) ?? 0) + 1);
        return kube.patch(key, ...rest);
      },
    };
    const base = { clock: systemClock, logger: silentLogger, kube: counting };
    const caches = createCaches({ ...base, namespace: "" });
    const bus = createEventBus((error) => {
      throw error;
    });
    bus.subscribe((event) => events.push(event));
    const settings = {
      ...defaultSettings,
      minRetryDelayMs: 20,
      maxRetryDelayMs: 100,
      requeueDependencyMs: 50,
      ...options.settings,
    };
    const metrics = createMetricsRegistry();
    const rest = { events: bus, metrics, masker: createMasker(), random: () => 0.5, settings };
    const handles = startImageControllers(
      { ...base, ...rest, caches },
      { kinds: kinds.map(({ kind }) => kind), hasWorkloadIdentity: options.hasWorkloadIdentity ?? false },
    );
    await Promise.all([...handles.values()].map(({ started }) => started));
    return {
      handles,
      metrics,
      async stop() {
        await Promise.all([...handles.values()].map((handle) => handle.stop()));
        caches.close();
      },
    };
  };
  let running = await start();
  const idle = async (): Promise<void> => {
    // What one controller writes, the other one sees.
    for (let round = 0; round < 2; round++) for (const handle of running.handles.values()) await handle.idle();
  };

  const refOf = (kind: Kind, name: string): ObjectRef => ({ ...gvkOf(kind), namespace, name });
  const create = async (kind: Kind, name: string, spec: object): Promise<void> => {
    const apiVersion = `${kind.group}/${kind.storageVersion}`;
    await kube.create({ apiVersion, kind: kind.kind, metadata: { name, namespace }, spec });
  };
  const watchUntil = (
    kind: Kind,
    name: string,
    accept: (object: KubeObject | undefined) => boolean,
  ): Promise<KubeObject | undefined> => {
    const found = Promise.withResolvers<KubeObject | undefined>();
    const [at, store] = [namespace, watched.get(kind.kind)?.store];
    const check = (): void => {
      const object = store?.get(at, name);
      if (accept(object)) found.resolve(object);
    };
    const cancel = systemClock.after(10_000, () =>
      found.reject(new Error(`waited too long for ${name}: ${JSON.stringify(store?.get(at, name), null, 1)}`)),
    );
    looks.add(check);
    check();
    return found.promise.finally(() => {
      looks.delete(check);
      cancel();
    });
  };
  const change: ImageBed["change"] = async (kind, name, patch) =>
    void (await kube.patch(refOf(kind, name), "merge", patch as never));

  return {
    kube,
    events,
    get namespace() {
      return namespace;
    },
    metrics: () => running.metrics.render(),
    writes: (kind) => writes.get(kind) ?? 0,
    async enterNamespace(labels = {}) {
      namespace = `ns-${sequence++}`;
      events.length = 0;
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
      return namespace;
    },
    repository: (name, spec) => create(imageRepositoryKind, name, { interval: "1h", ...spec }),
    policy: (name, spec) =>
      create(imagePolicyKind, name, {
        imageRepositoryRef: { name: "app" },
        policy: { semver: { range: "*" } },
        ...spec,
      }),
    async createSecret(name, stringData, type) {
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData };
      await kube.create(type === undefined ? secret : { ...secret, type });
    },
    change,
    async request<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T> {
      const at = `request-${sequence++}`;
      await change(kind, name, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } });
      const handled = await watchUntil(kind, name, (object) => statusOf(object).lastHandledReconcileAt === at);
      await idle();
      return handled as T;
    },
    until: async <T extends KubeObject>(kind: Kind<T>, name: string, accept: (object: T) => boolean) =>
      (await watchUntil(kind, name, (object) => object !== undefined && accept(object as T))) as T,
    untilGone: async (kind, name) => void (await watchUntil(kind, name, (object) => object === undefined)),
    idle,
    async tick(kind, name) {
      running.handles.get(kind.kind)?.request({ namespace, name }, "interval", "test");
      await idle();
    },
    async restart() {
      await running.stop();
      running = await start();
    },
    async stop() {
      for (const watch of watched.values()) watch.stop();
      await running.stop();
      await plane.stop();
      kube.close();
    },
  };
}

function gvkOf({ group, kind }: Kind): { group: string; kind: string } {
  return { group, kind };
}

function statusOf(object: KubeObject | undefined): { lastHandledReconcileAt?: string } {
  return (object?.["status"] ?? {}) as { lastHandledReconcileAt?: string };
}

/** `Type=Status/Reason: message` of every condition. */
export function conditionsOf({ status }: ImageRepository | ImagePolicy): string[] {
  return (status?.conditions ?? []).map(
    ({ type, status: is, reason, message }) => `${type}=${is}/${reason}: ${message}`,
  );
}

/** Whether Ready is this, and true of the present generation. */
export const settled =
  (status: string) =>
  (object: ImageRepository | ImagePolicy): boolean =>
    findCondition(object.status?.conditions, "Ready")?.status === status &&
    (status !== "True" || object.status?.observedGeneration === object.metadata.generation);

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** Puts an image of this content into a registry, without the client under test. Its digest. */
export function pushImage(registry: Registry, repository: string, tag: string, content: string = tag): string {
  const config = Buffer.from(JSON.stringify({ content }));
  registry.putBlob(repository, config);
  const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: config.length },
    layers: [],
  };
  return registry.putManifest(
    repository,
    { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) },
    tag,
  );
}
