import { kustomizeFieldManager, type Kustomization } from "@eddy/api";
import { formatObjectName } from "@eddy/core/object";
import { createAppliedMemory } from "@eddy/runtime/apply";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import { startController, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";
import { foreignDependencies } from "@eddy/runtime/dependencies";
import { createDriftWatch } from "@eddy/runtime/drift";
import { createExpressions, createStatusSource } from "@eddy/runtime/health";
import { createRemoteClients, type CloudEndpointsOfClusters } from "@eddy/runtime/remote-cluster";
import { kustomizationController } from "./kustomization/controller.ts";
import { createDataStore } from "@eddy/runtime/data";
import { createCloudPorts } from "./kustomization/decryption/cloud-ports.ts";
import type { KeyServiceEndpoints } from "./kustomization/decryption/cloud-keys.ts";
import { createDataKeys } from "./kustomization/decryption/data-keys.ts";
import { defaultKustomizationSettings, type KustomizationSettings, type Ports } from "./kustomization/ports.ts";
import { createRemoteClusters } from "./kustomization/remote-clusters.ts";
import { createRenderMemory } from "./kustomization/render-memory.ts";

/** What the kustomize controller needs besides the environment. */
export interface KustomizeControllerOptions {
  artifacts: Pick<ArtifactStore, "tree">;
  settings?: Partial<KustomizationSettings>;
  /** Where key services are asked in place of their own addresses, for stand-ins. */
  keyServiceEndpoints?: KeyServiceEndpoints;
  /** Where the clouds' APIs of clusters are asked, for stand-ins. */
  cloudEndpoints?: CloudEndpointsOfClusters;
}

/** Runs the controllers of kustomize.toolkit.fluxcd.io until stopped. */
export function startKustomizeController(
  environment: ControllerEnvironment,
  options: KustomizeControllerOptions,
): ControllerHandle {
  const { kube, caches, clock, logger, masker } = environment;
  const settings = { ...defaultKustomizationSettings, ...options.settings };
  const memory = createAppliedMemory({ fieldManager: kustomizeFieldManager, overridden: settings.overrideManagers });
  const drift = createDriftWatch({
    kube,
    memory,
    clock,
    logger,
    onDrift(owner, ref) {
      logger.log("info", "an applied object was changed by another's hand", { object: formatObjectName(ref) });
      handle.request(owner, "event", formatObjectName(ref));
    },
  });
  const data = createDataStore({ kube, caches, masker });
  const cloud = createCloudPorts(environment, { settings, data, endpoints: options.keyServiceEndpoints ?? {} });
  const clients = createRemoteClients({
    kube,
    clock,
    masker,
    data,
    allowExec: settings.insecureKubeconfigExec,
    allowInsecureTls: settings.insecureKubeconfigTls,
    defaultServiceAccount: settings.defaultKubeconfigServiceAccount,
    login: cloud.login,
    ...(options.cloudEndpoints ? { endpoints: options.cloudEndpoints } : {}),
  });
  const { labelSelector } = environment.settings;
  const ports: Ports = {
    kube,
    caches,
    kustomizations: caches.of<Kustomization>(
      kustomizationController.kind,
      labelSelector === "" ? {} : { labelSelector },
    ),
    clock,
    masker,
    random: () => environment.random(),
    artifacts: options.artifacts,
    expressions: createExpressions(),
    data,
    cloud,
    dataKeys: createDataKeys(),
    remotes: createRemoteClusters(clients, clock),
    renders: createRenderMemory(),
    local: {
      target: { kube, memory, live: drift },
      statuses: createStatusSource(kube, clock, caches),
      isRemote: false,
    },
    settings,
  };
  const handle = startController(
    { ...kustomizationController, foreign: foreignDependencies(ports) },
    ports,
    environment,
  );
  return {
    started: handle.started,
    request: (...args) => handle.request(...args),
    idle: () => handle.idle(),
    async stop() {
      drift.close();
      ports.remotes.close();
      cloud.http.close();
      await handle.stop();
    },
  };
}
