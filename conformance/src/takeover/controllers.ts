import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import { startKustomizeController } from "@eddy/kustomize-controller";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startFluxController } from "../start-flux-controller.ts";

/** Stops a controller, as an upgrade does: at once. */
export type Stop = () => Promise<void>;

/** Flux's own kustomize-controller, for one namespace. */
export async function startTheirs(
  program: string,
  kubeconfig: string,
  options: { folder: string; namespace: string },
): Promise<Stop> {
  const { folder, namespace } = options;
  const flags = ["--watch-all-namespaces=false", "--interval-jitter-percentage=0"];
  const controller = startFluxController(program, { kubeconfig, folder, namespace, flags });
  return () => controller.kill();
}

/** Ours, for one namespace, with nothing remembered. */
export async function startOurs(kube: KubeClient, artifacts: ArtifactStore, namespace: string): Promise<Stop> {
  const caches = createCaches({ kube, clock: systemClock, logger: silentLogger, namespace });
  const environment = {
    kube,
    caches,
    clock: systemClock,
    logger: silentLogger,
    events: createEventBus(() => undefined),
    metrics: createMetricsRegistry(),
    masker: createMasker(),
    random: () => 0.5,
    settings: defaultSettings,
  };
  const handle = startKustomizeController(environment, { artifacts });
  await handle.started;
  return async () => {
    await handle.stop();
    caches.close();
  };
}
