import { startController } from "@eddy/runtime/controller";
import { createRegistryPool } from "@eddy/runtime/registry-access";
import { createHttpPool } from "../chart-repository/http-pool.ts";
import { createStoredIndexes } from "../chart-repository/stored-indexes.ts";
import type { StartSource } from "../source/start-source.ts";
import { helmChartController } from "./controller.ts";

const defaultMaxChartBytes = 10 * 1024 ** 2;
const defaultMaxIndexBytes = 50 * 1024 ** 2;

/** Runs HelmCharts. */
export const startHelmCharts: StartSource = (environment, ports, { helmIndexMaxBytes, helmChartMaxBytes }) => {
  const clients = createHttpPool(ports);
  const registries = createRegistryPool(ports);
  const own = {
    clients,
    registries,
    indexes: createStoredIndexes(ports.artifacts),
    maxIndexBytes: helmIndexMaxBytes ?? defaultMaxIndexBytes,
    maxChartBytes: helmChartMaxBytes ?? defaultMaxChartBytes,
  };
  const handle = startController(helmChartController, { ...ports, ...own }, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      clients.close();
      registries.close();
    },
  };
};
