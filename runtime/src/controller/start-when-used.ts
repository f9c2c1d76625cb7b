import type { Kind } from "@eddy/api";
import type { Cancel } from "@eddy/core/clock";
import type { ControllerEnvironment } from "./environment.ts";
import type { ControllerHandle } from "./handle.ts";
import { createLateController } from "./late-controller.ts";

/** What starts a controller, once its code is loaded. */
export type StartLoaded = (environment: ControllerEnvironment) => ControllerHandle;

/**
 * A controller whose code is loaded when the first object of its kind is seen: what a cluster does not use costs it neither
 * time at the start nor memory. From then on the handle is that controller's. A load that fails is logged, and tried again with
 * the next change of such an object.
 */
export function startWhenUsed(
  kind: Kind,
  load: () => Promise<StartLoaded>,
  environment: ControllerEnvironment,
): ControllerHandle {
  const { caches, settings, logger } = environment;
  const cache = caches.of(kind, settings.labelSelector === "" ? {} : { labelSelector: settings.labelSelector });
  let unsubscribe: Cancel = () => undefined;
  let isStopped = false;
  const loadOwn = async (): Promise<() => ControllerHandle> => {
    const startLoaded = await load();
    return () => startLoaded(environment);
  };
  const controller = createLateController(`the controller of ${kind.kind}`, loadOwn, {
    logger,
    onRunning: () => unsubscribe(),
  });
  const watch = async (): Promise<void> => {
    await cache.synced;
    if (isStopped) return;
    unsubscribe = cache.subscribe(({ after }) => {
      if (after) controller.use();
    });
    if ([...cache.list()].length > 0) controller.use();
    await controller.settled();
  };
  const started = watch();
  // Who does not wait for the start is not to be killed by a stop before it.
  started.catch(() => undefined);
  return {
    started,
    request: (...args) => controller.request(...args),
    idle: () => controller.idle(),
    async stop() {
      isStopped = true;
      unsubscribe();
      await controller.stop();
    },
  };
}
