import { kinds } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { hasReason, type KubeClient, type KindRef } from "@eddy/kube";
import { createCaches, type Caches, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";

/**
 * The controllers of this process as one:
 * `StandingBy`: another process leads, or nothing was started yet; `Starting`: caches are being read;
 * `Ready`: every object of the kinds that the cluster serves has been queued; `Stopped`: for good.
 */
export type GroupState = "StandingBy" | "Starting" | "Ready" | "Stopped";

/** Controllers that start and stop together, each time with caches of their own. */
export interface ControllerGroup {
  readonly state: GroupState;
  readonly handles: ReadonlyMap<string, ControllerHandle>;
  /** Resolves when first Ready; rejects when closed before. */
  readonly ready: Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** Stops for good. */
  close(): Promise<void>;
}

/** A group that starts its controllers by `startAll`. */
export function createControllerGroup(
  environment: Omit<ControllerEnvironment, "caches">,
  startAll: (environment: ControllerEnvironment) => Map<string, ControllerHandle>,
): ControllerGroup {
  const { kube, clock, logger, settings } = environment;
  const ready = Promise.withResolvers<void>();
  // Nobody has to wait for it.
  ready.promise.catch(() => {});
  let state: GroupState = "StandingBy";
  let handles = new Map<string, ControllerHandle>();
  let caches: Caches | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([...handles.values()].map((handle) => handle.stop()));
    handles = new Map();
    caches?.close();
    caches = undefined;
    if (state !== "Stopped") state = "StandingBy";
  };
  return {
    get state() {
      return state;
    },
    get handles() {
      return handles;
    },
    ready: ready.promise,
    async start() {
      if (state === "Stopped") return;
      state = "Starting";
      caches = createCaches({ kube, clock, logger, namespace: settings.namespace });
      const started = startAll({ ...environment, caches });
      handles = started;
      // Not awaited: a stop must not wait for a cluster that does not answer.
      Promise.all([...started].map(([kind, handle]) => watching(kind, handle, kube))).then(
        () => {
          if (handles !== started) return;
          state = "Ready";
          ready.resolve();
        },
        () => {},
      );
    },
    stop,
    async close() {
      state = "Stopped";
      ready.reject(new EddyError("SERVER_STOPPED", "the server was stopped", { class: "waiting" }));
      await stop();
    },
  };
}

/** Resolves when objects of the kind are known, or when the cluster does not serve it: its controller waits for that by itself. */
async function watching(name: string, handle: ControllerHandle, kube: KubeClient): Promise<void> {
  const kind = kinds.find((candidate) => candidate.kind === name);
  if (!kind || (await isServed({ group: kind.group, kind: name }, kube))) await handle.started;
}

async function isServed(kind: KindRef, kube: KubeClient): Promise<boolean> {
  try {
    await kube.resourceFor(kind);
    return true;
  } catch (error) {
    // Whatever else is wrong is told by who watches.
    return !hasReason(error, "NoKindMatch");
  }
}
