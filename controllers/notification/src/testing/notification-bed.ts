import {
  crdOf,
  kinds,
  notificationGroup,
  type AlertSpec,
  type ProviderSpec,
  type Receiver,
  type ReceiverSpec,
} from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { startInbox, type Inbox, type InboxOptions } from "@eddy/inbox";
import { connect, parseKubeconfig, reflect, resolveContext, type KubeClient } from "@eddy/kube";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startNotificationController } from "../index.ts";

/** Options of {@link startNotificationBed}. */
export interface NotificationBedOptions {
  answer?: InboxOptions["answer"];
  noCrossNamespaceRefs?: boolean;
}

/** The controller on an embedded control plane, an inbox that it sends to, and what a scenario does there. One bed a file. */
export interface NotificationBed {
  readonly kube: KubeClient;
  readonly inbox: Inbox;
  /** What the controller said of its own objects. */
  readonly warnings: ControllerEvent[];
  readonly eventsUrl: string;
  readonly webhooksUrl: string;
  readonly namespace: string;
  enterNamespace(): Promise<string>;
  createSecret(name: string, stringData: Record<string, string>): Promise<void>;
  createProvider(name: string, spec: ProviderSpec): Promise<void>;
  createAlert(name: string, spec: AlertSpec): Promise<void>;
  /** Resolves with the receiver once it has settled. */
  createReceiver(name: string, spec: ReceiverSpec): Promise<Receiver>;
  createRepository(name: string, labels?: Record<string, string>): Promise<void>;
  /** When the repository was asked for a pass; undefined: never. */
  requestedAt(name: string): Promise<string | undefined>;
  untilReceiver(name: string, accept: (receiver: Receiver) => boolean): Promise<Receiver>;
  /** Posts an event as another process does; the status. */
  post(event: unknown): Promise<number>;
  /** Publishes an event as a controller of this process does. */
  publish(event: ControllerEvent): void;
  /** Resolves when everything is sent. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a bed. */
export async function startNotificationBed(options: NotificationBedOptions = {}): Promise<NotificationBed> {
  const plane = await startControlPlane({});
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const inbox = await startInbox(options.answer ? { answer: options.answer } : {});
  for (const each of kinds.filter(({ kind, group }) => group === notificationGroup || kind === "GitRepository"))
    await kube.apply(crdOf(each), { fieldManager: "test", force: true });
  const bus = createEventBus((error) => {
    throw error;
  });
  const warnings: ControllerEvent[] = [];
  bus.subscribe((event) => event.involvedObject.group === notificationGroup && warnings.push(event));
  const base = { clock: systemClock, logger: silentLogger, kube };
  const caches = createCaches({ ...base, namespace: "" });
  const settings = {
    ...defaultSettings,
    minRetryDelayMs: 20,
    maxRetryDelayMs: 100,
    noCrossNamespaceRefs: options.noCrossNamespaceRefs ?? false,
  };
  const rest = { events: bus, metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5, settings };
  const handle = startNotificationController(
    { ...base, ...rest, caches },
    { bus, events: { port: 0, host: "127.0.0.1" }, webhooks: { port: 0, host: "127.0.0.1" }, runtimeNamespace: "eddy" },
  );
  const { eventsPort, webhooksPort } = await handle.listening;
  await handle.started;
  const listeners = new Set<() => void>();
  const watched = reflect<Receiver>(kube, { group: notificationGroup, kind: "Receiver" }, {}, () => {
    for (const look of listeners) look();
  });
  await watched.synced;
  let [namespace, sequence] = ["", 0];
  const create = async (kind: string, version: string, name: string, spec: object): Promise<void> => {
    const apiVersion = `${notificationGroup}/${version}`;
    await kube.create({ apiVersion, kind, metadata: { name, namespace }, spec } as never);
    // What a scenario makes, the controller must have seen before anything is reported.
    if (kind === "Receiver") return;
    const cache = caches.of({ group: notificationGroup, kind, version });
    const at = namespace;
    const seen = Promise.withResolvers<void>();
    const look = (): void => {
      if (cache.get(at, name)) seen.resolve();
    };
    const cancel = cache.subscribe(look);
    look();
    await seen.promise.finally(cancel);
  };
  const untilReceiver: NotificationBed["untilReceiver"] = (name, accept) => {
    const found = Promise.withResolvers<Receiver>();
    const at = namespace;
    const look = (): void => {
      const object = watched.store.get(at, name);
      if (object && accept(object)) found.resolve(object);
    };
    const cancel = systemClock.after(10_000, () => {
      found.reject(new Error(`waited too long for ${name}: ${JSON.stringify(watched.store.get(at, name)?.status)}`));
    });
    listeners.add(look);
    look();
    return found.promise.finally(() => {
      listeners.delete(look);
      cancel();
    });
  };
  return {
    kube,
    inbox,
    warnings,
    eventsUrl: `http://127.0.0.1:${eventsPort}/`,
    webhooksUrl: `http://127.0.0.1:${webhooksPort}`,
    get namespace() {
      return namespace;
    },
    async enterNamespace() {
      namespace = `ns-${sequence++}`;
      warnings.length = 0;
      inbox.clear();
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      return namespace;
    },
    async createSecret(name, stringData) {
      await kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData } as never);
    },
    createProvider: (name, spec) => create("Provider", "v1beta3", name, spec),
    createAlert: (name, spec) => create("Alert", "v1beta3", name, spec),
    async createReceiver(name, spec) {
      await create("Receiver", "v1", name, spec);
      return untilReceiver(name, ({ status }) => {
        const ready = status?.conditions?.find(({ type }) => type === "Ready");
        return ready !== undefined && ready.status !== "Unknown";
      });
    },
    async createRepository(name, labels = {}) {
      const apiVersion = "source.toolkit.fluxcd.io/v1";
      const spec = { url: "https://git.example.com/app", interval: "1m" };
      await kube.create({ apiVersion, kind: "GitRepository", metadata: { name, namespace, labels }, spec } as never);
    },
    async requestedAt(name) {
      const found = await kube.get({ group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace, name });
      return found.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];
    },
    untilReceiver,
    async post(event) {
      const body = typeof event === "string" ? event : JSON.stringify(event);
      return (await fetch(`http://127.0.0.1:${eventsPort}/`, { method: "POST", body })).status;
    },
    publish: (event) => bus.publish(event),
    idle: () => handle.idle(),
    async stop() {
      watched.stop();
      await handle.stop();
      caches.close();
      kube.close();
      await inbox.stop();
      await plane.stop();
    },
  };
}
