import { startController } from "@eddy/runtime/controller";
import { createRegistryPool } from "@eddy/runtime/registry-access";
import type { StartSource } from "../source/start-source.ts";
import { ociRepositoryController } from "./controller.ts";

/** Runs OCIRepositories with a client each. */
export const startOCIRepositories: StartSource = (environment, ports) => {
  const registries = createRegistryPool({ clock: ports.clock });
  const handle = startController(ociRepositoryController, { ...ports, registries }, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      registries.close();
    },
  };
};
