import { join } from "node:path";
import { helmReleaseKind, kustomizationKind } from "@eddy/api";
import type { HelmReleaseSettings } from "@eddy/helm-controller";
import { startImageControllers } from "@eddy/image-controller";
import type { KustomizationSettings } from "@eddy/kustomize-controller";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import {
  startWhenUsed,
  type ControllerEnvironment,
  type ControllerHandle,
  type StartLoaded,
} from "@eddy/runtime/controller";
import type { EventBus } from "@eddy/runtime/events";
import { startNotificationController } from "@eddy/notification-controller";
import { startReleaseControllers } from "@eddy/release-controller/start";
import { startSourceControllers } from "@eddy/source-controller";
import { startUpdatesControllers, type UpdatesControllerOptions } from "@eddy/updates-controller";
import { parseListenAddress, type ListenAddress } from "./address.ts";
import { parseFeatureGates } from "./feature-gates.ts";
import type { ServerOptions } from "./options.ts";
import { defaultNamespace } from "./settings.ts";

/** Beyond this an index would not fit beside everything else. */
const largestIndex = 100 * 1024 ** 2;

/** What controllers need besides the environment. */
export interface ControllerParts {
  /** What the controllers report, for those who are told of it. */
  bus: Pick<EventBus, "subscribe">;
  artifacts: ArtifactStore;
  options: ServerOptions;
  kustomizations: Partial<KustomizationSettings>;
  helmReleases: Partial<HelmReleaseSettings>;
  /** Called with the port where pushes and votes come in, once there is one. */
  onUpdatesListening: (port: number) => void;
}

/** Starts every controller; a new one is one line here. */
export function startControllers(
  environment: ControllerEnvironment,
  { artifacts, bus, options, kustomizations, helmReleases, onUpdatesListening }: ControllerParts,
): Map<string, ControllerHandle> {
  const gates = parseFeatureGates(options.featureGates ?? []);
  const startKustomizations = async (): Promise<StartLoaded> => {
    const { startKustomizeController } = await import("@eddy/kustomize-controller");
    return (full) => startKustomizeController(full, { artifacts, settings: kustomizations });
  };
  const startHelmReleases = async (): Promise<StartLoaded> => {
    const { startHelmController } = await import("@eddy/helm-controller");
    return (full) => startHelmController(full, { artifacts, settings: helmReleases });
  };
  const git = {
    ssh: sshOptions(options),
    // Of no use to whoever fetches artifacts: a name that begins with a dot is not served.
    gitCacheDir: options.gitCachePath || join(options.storagePath, ".git-cache"),
    hasWorkloadIdentity: gates.ObjectLevelWorkloadIdentity,
  };
  return new Map([
    ...startSourceControllers(environment, { artifacts, ...git, ...helmLimits(options) }),
    ["Kustomization", startWhenUsed(kustomizationKind, startKustomizations, environment)],
    ["HelmRelease", startWhenUsed(helmReleaseKind, startHelmReleases, environment)],
    ...startImageControllers(environment, git),
    ...startReleaseControllers(environment, git),
    ...startUpdatesControllers(environment, { ...updatesOptions(options, git), onListening: onUpdatesListening }),
    [
      "Receiver",
      startNotificationController(environment, {
        bus,
        hasWorkloadIdentity: gates.ObjectLevelWorkloadIdentity,
        ...notificationOptions(options),
      }),
    ],
  ]);
}

function updatesOptions(
  { updatesAddr, runtimeNamespace = defaultNamespace }: ServerOptions,
  {
    gitCacheDir,
    ssh,
    hasWorkloadIdentity,
  }: { gitCacheDir: string; ssh: ReturnType<typeof sshOptions>; hasWorkloadIdentity: boolean },
): UpdatesControllerOptions {
  return {
    git: { cacheDir: gitCacheDir, ssh },
    hasWorkloadIdentity,
    runtimeNamespace,
    ...(updatesAddr ? { listen: parseListenAddress(updatesAddr) } : {}),
  };
}

function notificationOptions({
  eventsAddr,
  receiverAddr,
  rateLimitIntervalMs,
  runtimeNamespace = defaultNamespace,
}: ServerOptions): {
  runtimeNamespace: string;
  events?: ListenAddress;
  webhooks?: ListenAddress;
  rateLimitIntervalMs?: number;
} {
  return {
    runtimeNamespace,
    ...(eventsAddr ? { events: parseListenAddress(eventsAddr) } : {}),
    ...(receiverAddr ? { webhooks: parseListenAddress(receiverAddr) } : {}),
    ...(rateLimitIntervalMs === undefined ? {} : { rateLimitIntervalMs }),
  };
}

function helmLimits({ helmIndexMaxSize, helmChartMaxSize }: ServerOptions): {
  helmIndexMaxBytes?: number;
  helmChartMaxBytes?: number;
} {
  return {
    ...(helmIndexMaxSize === undefined ? {} : { helmIndexMaxBytes: Math.min(helmIndexMaxSize, largestIndex) }),
    ...(helmChartMaxSize === undefined ? {} : { helmChartMaxBytes: helmChartMaxSize }),
  };
}

function sshOptions({ sshKexAlgos = [], sshHostkeyAlgos = [] }: ServerOptions): {
  kexAlgorithms?: string;
  hostKeyAlgorithms?: string;
} {
  return {
    ...(sshKexAlgos.length === 0 ? {} : { kexAlgorithms: sshKexAlgos.join(",") }),
    ...(sshHostkeyAlgos.length === 0 ? {} : { hostKeyAlgorithms: sshHostkeyAlgos.join(",") }),
  };
}
