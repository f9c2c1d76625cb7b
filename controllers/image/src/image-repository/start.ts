import { createHostBudget } from "@eddy/oci";
import { startController } from "@eddy/runtime/controller";
import { createRegistryPool } from "@eddy/runtime/registry-access";
import { createAccessPorts } from "../image/access-ports.ts";
import type { StartImageController } from "../start.ts";
import { imageRepositoryController } from "./controller.ts";
import type { Ports } from "./ports.ts";

/** Runs ImageRepositories. */
export const startImageRepositories: StartImageController = (environment, { hasWorkloadIdentity = false }, shared) => {
  const { clock, metrics, settings } = environment;
  const { tags } = shared;
  const registries = createRegistryPool({ clock, budget: (shared.budget ??= createHostBudget({ clock })) });
  const ports: Ports = {
    ...createAccessPorts(environment, hasWorkloadIdentity),
    clock,
    tags,
    registries,
    etags: new Map(),
    jitterPercentage: settings.intervalJitterPercentage,
    scans: metrics.counter("eddy_image_scans_total", "Total number of scans of image repositories by result"),
  };
  const handle = startController(imageRepositoryController, ports, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      registries.close();
    },
  };
};
