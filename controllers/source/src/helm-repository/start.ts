import { startController } from "@eddy/runtime/controller";
import { createHttpPool } from "../chart-repository/http-pool.ts";
import { createTurns } from "../chart-repository/turns.ts";
import type { StartSource } from "../source/start-source.ts";
import { helmRepositoryController } from "./controller.ts";
import { createIndexMemory } from "./index-memory.ts";

const defaultMaxIndexBytes = 50 * 1024 ** 2;
const indexesAtOnce = 2;

/** Runs HelmRepositories. */
export const startHelmRepositories: StartSource = (environment, ports, { helmIndexMaxBytes }) => {
  const clients = createHttpPool(ports);
  const own = {
    clients,
    memory: createIndexMemory(),
    turns: createTurns(indexesAtOnce),
    maxIndexBytes: helmIndexMaxBytes ?? defaultMaxIndexBytes,
  };
  const handle = startController(helmRepositoryController, { ...ports, ...own }, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      clients.close();
    },
  };
};
