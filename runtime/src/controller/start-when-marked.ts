import type { Cancel } from "@eddy/core/clock";
import type { KindRef } from "@eddy/kube";
import type { ControllerEnvironment } from "./environment.ts";
import type { ControllerHandle } from "./handle.ts";
import { createLateController } from "./late-controller.ts";
import { watchMarked, type MarkedObjects } from "./watch-marked.ts";

/** Options of {@link startWhenMarked}. */
export interface StartWhenMarkedOptions {
  /** For the log. */
  readonly name: string;
  readonly kinds: readonly KindRef[];
  readonly prefixes: readonly string[];
  /** Other signs of use: called when the watch begins, `use` is to be called when one is seen. */
  readonly alsoWhen?: (use: () => void) => Cancel;
  /** How long after the start the watch begins: what is applied first must not wait for it. */
  readonly afterMs: number;
}

/** What starts a controller of marked objects, once its code is loaded. */
export type StartMarked = (environment: ControllerEnvironment, marked: MarkedObjects) => ControllerHandle;

/**
 * A controller that is loaded when the first object is seen that carries a mark: a cluster without such labels pays for a watch of
 * metadata, and for nothing else. A load that fails is logged, and tried again with the next marked object.
 */
export function startWhenMarked(
  { name, kinds, prefixes, alsoWhen, afterMs }: StartWhenMarkedOptions,
  load: () => Promise<StartMarked>,
  environment: ControllerEnvironment,
): ControllerHandle {
  const { kube, clock, logger, settings } = environment;
  let marked: MarkedObjects | undefined;
  let unsubscribe: Cancel = () => undefined;
  const loadOwn = async (): Promise<() => ControllerHandle> => {
    const startLoaded = await load();
    return () => startLoaded(environment, marked as MarkedObjects);
  };
  const controller = createLateController(name, loadOwn, { logger, onRunning: () => unsubscribe() });
  const cancel = clock.after(afterMs, () => {
    const { namespace, labelSelector } = settings;
    marked = watchMarked({ kube, kinds, prefixes, clock, logger, namespace, labelSelector });
    const cancels = [
      marked.subscribe(({ after }) => {
        if (after) controller.use();
      }),
    ];
    unsubscribe = () => {
      for (const end of cancels) end();
    };
    if (alsoWhen) cancels.push(alsoWhen(() => controller.use()));
  });
  return {
    // Nothing is owed at the start: there may never be such an object.
    started: Promise.resolve(),
    request: (...args) => controller.request(...args),
    idle: () => controller.idle(),
    async stop() {
      cancel();
      unsubscribe();
      await controller.stop();
      marked?.stop();
    },
  };
}
