import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import { startKustomizeController } from "@eddy/kustomize-controller";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus, recordEvents } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startFluxController } from "../start-flux-controller.ts";

/** One of the two controllers; it sees the Kustomizations with its own label {@link sideLabel}. */
export interface Side {
  readonly name: "theirs" | "ours";
  stop(): Promise<void>;
}

/** Says whose a Kustomization is. */
export const sideLabel = "conformance.eddy.sh/side";

/** Flux's kustomize-controller. */
export function startTheirs(program: string, kubeconfig: string, folder: string): Side {
  const flags = [`--watch-label-selector=${sideLabel}=theirs`, "--interval-jitter-percentage=0"];
  return { name: "theirs", stop: startFluxController(program, { kubeconfig, folder, flags }).stop };
}

/** Ours, with upstream's default for variables that are not set. */
export async function startOurs(kube: KubeClient, artifacts: ArtifactStore): Promise<Side> {
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const events = createEventBus(() => undefined);
  const recorder = recordEvents(events, { ...environment, delayMs: 10, repeatEveryMs: 10 });
  const handle = startKustomizeController(
    {
      ...environment,
      caches,
      events,
      metrics: createMetricsRegistry(),
      masker: createMasker(),
      random: () => 0.5,
      settings: { ...defaultSettings, labelSelector: `${sideLabel}=ours`, intervalJitterPercentage: 0 },
    },
    { artifacts, settings: { strictSubstitutions: false } },
  );
  await handle.started;
  return {
    name: "ours",
    async stop() {
      await handle.stop();
      await recorder.flush();
      recorder.stop();
      caches.close();
    },
  };
}
