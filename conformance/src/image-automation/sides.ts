import { crdOf, imageGroup, kinds } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { startImageControllers } from "@eddy/image-controller";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createCaches, defaultSettings, type ControllerSettings } from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startFluxController } from "../start-flux-controller.ts";

/** An API server with one of the two controllers, and what was told of an object: `Warning GitOperationFailed: …`. */
export interface Side {
  readonly name: "theirs" | "ours";
  readonly kube: KubeClient;
  told(namespace: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Which controllers are compared. */
export interface SideOptions {
  /** Kinds that are served. */
  readonly kinds: readonly string[];
  /** Kinds whose controllers of ours run. */
  readonly controllers: readonly string[];
  /** Further flags of the original. */
  readonly flags: readonly string[];
  /** Of ours. */
  readonly settings: Partial<ControllerSettings>;
  /** What upstream tells of a pass that found nothing to do. */
  readonly routine: RegExp;
}

const automation: SideOptions = {
  kinds: ["GitRepository", "ImagePolicy", "ImageUpdateAutomation"],
  controllers: ["ImageUpdateAutomation"],
  flags: ["--no-cross-namespace-refs"],
  settings: { noCrossNamespaceRefs: true },
  routine: /^no change since last reconciliation$/,
};

async function startPlane(
  served: readonly string[],
): Promise<{ kube: KubeClient; kubeconfig: string; stop(): Promise<void> }> {
  const plane = await startControlPlane({});
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const kind of kinds.filter((known) => served.includes(known.kind)))
    await kube.apply(crdOf(kind), { fieldManager: "conformance", force: true });
  await until(() => kube.resourceFor({ group: imageGroup, kind: served.at(-1) ?? "" }, { force: true }));
  return {
    kube,
    kubeconfig: plane.kubeconfig,
    async stop() {
      kube.close();
      await plane.stop();
    },
  };
}

/** Our controller. */
export async function startOurs(options: SideOptions = automation): Promise<Side> {
  const plane = await startPlane(options.kinds);
  const { kube } = plane;
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const events: ControllerEvent[] = [];
  const bus = createEventBus(() => undefined);
  bus.subscribe((event) => events.push(event));
  const settings = { ...defaultSettings, ...options.settings };
  const rest = { events: bus, metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5, settings };
  const handles = [
    ...startImageControllers({ ...environment, ...rest, caches }, { kinds: options.controllers }).values(),
  ];
  await Promise.all(handles.map(({ started }) => started));
  return {
    name: "ours",
    kube,
    told: async (namespace) =>
      events
        .filter(({ involvedObject, severity }) => involvedObject.namespace === namespace && severity !== "trace")
        .map(({ severity, reason, message }) => `${severity === "error" ? "Warning" : "Normal"} ${reason}: ${message}`),
    async stop() {
      await Promise.all(handles.map((handle) => handle.stop()));
      caches.close();
      await plane.stop();
    },
  };
}

interface KubeEvent extends KubeObject {
  type: string;
  reason: string;
  message: string;
}

/** Flux's controller; others hear of its passes of routine only where somebody asks, and not here. */
export async function startTheirs(program: string, folder: string, options: SideOptions = automation): Promise<Side> {
  const plane = await startPlane(options.kinds);
  const controller = startFluxController(program, { kubeconfig: plane.kubeconfig, folder, flags: options.flags });
  return {
    name: "theirs",
    kube: plane.kube,
    async told(namespace) {
      const { items } = await plane.kube.list<KubeEvent>({ group: "", kind: "Event" }, { namespace });
      return items
        .filter(({ message }) => !options.routine.test(message))
        .map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
    },
    async stop() {
      await controller.stop();
      await plane.stop();
    },
  };
}

/** Looks until there is something. */
export async function until<R>(look: () => Promise<R | undefined | false>, forMs = 30_000): Promise<R> {
  let last: unknown = "nothing yet";
  for (const end = performance.now() + forMs; performance.now() < end; await delay(systemClock, 50)) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited too long: ${messageOf(last)}`);
}
