import { helmControllerName, helmNameLabel } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName } from "@eddy/core/object";
import { createAppliedMemory } from "@eddy/runtime/apply";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { startController, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";
import { foreignDependencies } from "@eddy/runtime/dependencies";
import { createDriftWatch } from "@eddy/runtime/drift";
import { createDataStore } from "@eddy/runtime/data";
import { createExpressions, createStatusSource } from "@eddy/runtime/health";
import { createRemoteClients } from "@eddy/runtime/remote-cluster";
import { createChartRenderer } from "@eddy/runtime/rendering";
import { createChartCache } from "./helm-release/chart-cache.ts";
import { helmReleaseController } from "./helm-release/controller.ts";
import { defaultHelmReleaseSettings, type HelmReleaseSettings, type Ports } from "./helm-release/ports.ts";
import { createRemoteClusters, unreadSecret } from "./helm-release/remote-clusters.ts";
import { createSettledMemory } from "./helm-release/settled-memory.ts";
import { createStorageWatch } from "./helm-release/storage-watch.ts";
import { withVersionMemory } from "./helm-release/version-memory.ts";

/** What the helm controller needs besides the environment. */
export interface HelmControllerOptions {
  artifacts: Pick<ArtifactStore, "bytes">;
  settings?: Partial<HelmReleaseSettings>;
}

/** Runs the controllers of helm.toolkit.fluxcd.io until stopped. */
export function startHelmController(
  environment: ControllerEnvironment,
  options: HelmControllerOptions,
): ControllerHandle {
  const { kube, caches, clock, logger, masker } = environment;
  const { artifacts } = options;
  const settings = { ...defaultHelmReleaseSettings, ...options.settings };
  const memory = createAppliedMemory({ fieldManager: helmControllerName, overridden: settings.overrideManagers });
  const drift = createDriftWatch({
    kube,
    memory,
    clock,
    logger,
    ownerLabel: helmNameLabel,
    onDrift(owner, ref) {
      logger.log("info", "a released object was changed by another's hand", { object: formatObjectName(ref) });
      handle.request(owner, "event", formatObjectName(ref));
    },
  });
  const data = createDataStore({ kube, caches, masker });
  const clients = createRemoteClients({
    kube,
    clock,
    masker,
    data,
    allowExec: settings.insecureKubeconfigExec,
    allowInsecureTls: settings.insecureKubeconfigTls,
    defaultServiceAccount: settings.defaultKubeconfigServiceAccount,
    unreadSecret,
  });
  const ports: Ports = {
    kube,
    caches,
    clock,
    masker,
    random: () => environment.random(),
    artifacts,
    expressions: createExpressions({ eventMessageOf: messageOf }),
    data,
    charts: createChartCache({ artifacts, requeueDependencyMs: settings.requeueDependencyMs }),
    renderer: createChartRenderer({ clock }),
    settled: createSettledMemory(),
    storageWatch: createStorageWatch(caches),
    remotes: createRemoteClusters(clients, clock),
    local: {
      kube: withVersionMemory(kube, clock),
      memory,
      live: drift,
      statuses: createStatusSource(kube, clock, caches, helmNameLabel),
      isRemote: false,
    },
    settings,
  };
  const handle = startController({ ...helmReleaseController, foreign: foreignDependencies(ports) }, ports, environment);
  return {
    started: handle.started,
    request: (...args) => handle.request(...args),
    idle: () => handle.idle(),
    async stop() {
      drift.close();
      await handle.stop();
      ports.remotes.close();
      await ports.renderer.close();
    },
  };
}
