import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { ControllerHandle } from "./handle.ts";

/** A controller that is loaded when it is first used; until then its handle has nothing to do. */
export interface LateController extends Omit<ControllerHandle, "started"> {
  /** Loads and starts it, unless that was done; after a failure, which is logged, the next use tries again. */
  use(): void;
  /** Resolves when what is being loaded has started; at once when nothing is. */
  settled(): Promise<void>;
}

/** A controller that `load` brings and starts; `onRunning` hears when it does, before it is handed over. */
export function createLateController(
  name: string,
  load: () => Promise<() => ControllerHandle>,
  { logger, onRunning }: { logger: Logger; onRunning: () => void },
): LateController {
  let running: ControllerHandle | undefined;
  let loading: Promise<void> | undefined;
  let isStopped = false;
  const start = async (): Promise<void> => {
    try {
      const startLoaded = await load();
      if (isStopped) return;
      onRunning();
      running = startLoaded();
    } catch (error) {
      loading = undefined;
      logger.log("error", `start ${name} failed`, { error: messageOf(error) });
    }
  };
  return {
    use() {
      if (!isStopped) loading ??= start();
    },
    async settled() {
      await loading;
      await running?.started;
    },
    // Without the controller there is no object that a pass could be over, or it gets one when it starts.
    request: (...args) => running?.request(...args),
    async idle() {
      await loading;
      await running?.idle();
    },
    async stop() {
      isStopped = true;
      await loading;
      await running?.stop();
    },
  };
}
