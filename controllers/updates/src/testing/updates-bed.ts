import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { approvalKind, crdOf, helmReleaseKind, kustomizationKind, gitRepositoryKind } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startRegistry, type Registry, type RegistryAnswer, type RegistryRequest } from "@eddy/registry";
import {
  createCaches,
  defaultSettings,
  watchMarked,
  type ControllerEnvironment,
  type MarkedObjects,
} from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { watchUntil } from "@eddy/runtime/testing";
import { startWorkloads } from "@eddy/workloads";
import { startUpdates, type UpdatesHandle } from "../start.ts";
import { trackedKinds } from "../tracked-kinds.ts";

/** Updates on a control plane with a registry beside it, and what a scenario does and sees there. One bed a file. */
export interface UpdatesBed {
  readonly kube: KubeClient;
  readonly registry: Registry;
  readonly environment: ControllerEnvironment;
  readonly folder: string;
  readonly handle: UpdatesHandle;
  /** What was published since the namespace began. */
  readonly events: ControllerEvent[];
  readonly namespace: string;
  enterNamespace(): Promise<string>;
  /** Pushes an image of this content; its digest. */
  push(image: string, content?: string): string;
  /** Answers in place of the registry until the next namespace. */
  intercept(answer: (request: RegistryRequest) => RegistryAnswer | undefined): void;
  /** A Deployment of one container `web`. */
  deploy(
    name: string,
    image: string,
    metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> },
  ): Promise<ObjectRef>;
  imageOf(ref: ObjectRef): Promise<string>;
  untilImage(ref: ObjectRef, image: string): Promise<KubeObject>;
  until(ref: ObjectRef, accept: (object: KubeObject) => boolean): Promise<KubeObject>;
  /** Resolves with the first event of this reason, from the namespace's beginning on. */
  untilEvent(reason: string): Promise<ControllerEvent>;
  /** Ends the updates and starts them anew: nothing is kept but what the cluster has. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** A bed with everything but the updates' neighbours: no Kustomization is applied by anybody here. */
export async function startUpdatesBed(): Promise<UpdatesBed> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-updates-"));
  const plane = await startControlPlane();
  const workloads = startWorkloads(plane.objects, { clock: systemClock, log: silentLogger });
  let answer: (request: RegistryRequest) => RegistryAnswer | undefined = () => undefined;
  const registry = await startRegistry({ intercept: (request) => answer(request) });
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const kind of [approvalKind, gitRepositoryKind, kustomizationKind, helmReleaseKind]) {
    const crd = crdOf(kind);
    await kube.apply(crd, { fieldManager: "test", force: true });
    await watchUntil(kube, systemClock, refOf(crd), (object) =>
      JSON.stringify(object?.["status"] ?? "").includes("Established"),
    );
  }
  const events: ControllerEvent[] = [];
  const listeners = new Set<() => void>();
  const bus = createEventBus((error) => {
    throw error;
  });
  bus.subscribe((event) => {
    events.push(event);
    for (const listener of listeners) listener();
  });
  const base = { clock: systemClock, logger: silentLogger, kube };
  let caches = createCaches({ ...base, namespace: "" });
  const rest = { events: bus, metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5 };
  const environment = (): ControllerEnvironment => ({ ...base, ...rest, caches, settings: defaultSettings });
  const start = async (): Promise<{ handle: UpdatesHandle; marked: MarkedObjects }> => {
    const marked = watchMarked({
      ...base,
      kinds: trackedKinds,
      prefixes: ["keel.sh/"],
      namespace: "",
      labelSelector: "",
    });
    await marked.synced;
    return { handle: startUpdates(environment(), marked, { git: { cacheDir: join(folder, "git") } }), marked };
  };
  let running = await start();
  const end = async (): Promise<void> => {
    await running.handle.stop();
    running.marked.stop();
    caches.close();
  };
  let [sequence, namespace] = [0, ""];
  const until = async (ref: ObjectRef, accept: (object: KubeObject) => boolean): Promise<KubeObject> =>
    (await watchUntil(kube, systemClock, ref, (object) => object !== undefined && accept(object))) as KubeObject;
  return {
    kube,
    registry,
    folder,
    events,
    get environment() {
      return environment();
    },
    get handle() {
      return running.handle;
    },
    get namespace() {
      return namespace;
    },
    async enterNamespace() {
      answer = () => undefined;
      if (namespace !== "") await kube.delete({ group: "", kind: "Namespace", namespace: "", name: namespace });
      namespace = `ns-${sequence++}`;
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      events.length = 0;
      return namespace;
    },
    push(image, content = image) {
      const colon = image.lastIndexOf(":");
      const config = Buffer.from(JSON.stringify({ content }));
      const repository = image.slice(0, colon);
      const digest = registry.putBlob(repository, config);
      const manifest = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: config.length },
        layers: [],
      };
      return registry.putManifest(
        repository,
        { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) },
        image.slice(colon + 1),
      );
    },
    intercept(next) {
      answer = next;
    },
    async deploy(name, image, metadata = {}) {
      const labels = { app: name };
      const template = { metadata: { labels }, spec: { containers: [{ name: "web", image }] } };
      const spec = { replicas: 3, selector: { matchLabels: labels }, template };
      const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace, ...metadata }, spec };
      return refOf(await kube.create(object as KubeObject));
    },
    imageOf: async (ref) => imageOf(await kube.get(ref)),
    untilImage: (ref, image) => until(ref, (object) => imageOf(object) === image),
    until,
    async untilEvent(reason) {
      const found = Promise.withResolvers<ControllerEvent>();
      const look = (): void => {
        const event = events.find(
          (candidate) => candidate.reason === reason && candidate.involvedObject.namespace === namespace,
        );
        if (event) found.resolve(event);
      };
      const cancel = systemClock.after(10_000, () =>
        found.reject(new Error(`no event ${reason}: ${JSON.stringify(events, null, 1)}`)),
      );
      listeners.add(look);
      look();
      return found.promise.finally(() => {
        listeners.delete(look);
        cancel();
      });
    },
    async restart() {
      await end();
      caches = createCaches({ ...base, namespace: "" });
      running = await start();
    },
    async stop() {
      await end();
      kube.close();
      await registry.stop();
      workloads.stop();
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function imageOf(object: KubeObject): string {
  const spec = object["spec"] as { template: { spec: { containers: { image: string }[] } } };
  return spec.template.spec.containers[0]?.image ?? "";
}
