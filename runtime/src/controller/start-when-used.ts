import type { Kind } from "@eddy/api";
import type { Cancel } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { ControllerEnvironment } from "./environment.ts";
import type { ControllerHandle } from "./handle.ts";

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
  let running: ControllerHandle | undefined;
  let loading: Promise<void> | undefined;
  let unsubscribe: Cancel = () => undefined;
  let isStopped = false;
  const start = async (): Promise<void> => {
    try {
      const startLoaded = await load();
      if (isStopped) return;
      unsubscribe();
      running = startLoaded(environment);
    } catch (error) {
      loading = undefined;
      logger.log("error", `start the controller of ${kind.kind} failed`, { error: messageOf(error) });
    }
  };
  const use = (): void => void (loading ??= start());
  const watch = async (): Promise<void> => {
    await cache.synced;
    if (isStopped) return;
    unsubscribe = cache.subscribe(({ after }) => {
      if (after) use();
    });
    if ([...cache.list()].length === 0) return;
    use();
    await loading;
    await running?.started;
  };
  const started = watch();
  // Who does not wait for the start is not to be killed by a stop before it.
  started.catch(() => undefined);
  return {
    started,
    // Without the controller there is no object that a pass could be over, or it gets one when it starts.
    request: (...args) => running?.request(...args),
    async idle() {
      await loading;
      await running?.idle();
    },
    async stop() {
      isStopped = true;
      unsubscribe();
      await loading;
      await running?.stop();
    },
  };
}
