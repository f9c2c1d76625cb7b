import type { ControllerEnvironment, ControllerHandle } from "@eddy/runtime/controller";
import { createCloudLogin } from "@eddy/cloud";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import { createCloudKeychains } from "./access/cloud-keychains.ts";
import { createSecretStore } from "./access/secret-store.ts";
import { startBuckets } from "./bucket/start.ts";
import { startArtifactGenerators } from "./artifact-generator/start.ts";
import { startGitRepositories } from "./git-repository/start.ts";
import { startHelmCharts } from "./helm-chart/start.ts";
import { startHelmRepositories } from "./helm-repository/start.ts";
import { startOCIRepositories } from "./oci-repository/start.ts";
import type { SourcePorts } from "./source/ports.ts";
import { createPublicTrustRoot } from "./verify/public-trust-root.ts";
import type { SourceControllerOptions, StartSource } from "./source/start-source.ts";

/** Every kind of source; a new one is one line here. */
const sources: Readonly<Record<string, StartSource>> = {
  GitRepository: startGitRepositories,
  OCIRepository: startOCIRepositories,
  Bucket: startBuckets,
  HelmRepository: startHelmRepositories,
  HelmChart: startHelmCharts,
  ArtifactGenerator: startArtifactGenerators,
};

/** Runs the controllers of source.toolkit.fluxcd.io, by kind, until they are stopped. */
export function startSourceControllers(
  environment: ControllerEnvironment,
  options: SourceControllerOptions,
): Map<string, ControllerHandle> {
  const { kube, caches, clock, masker, settings } = environment;
  const { hasWorkloadIdentity = false } = options;
  const login = createCloudLogin({
    clock,
    onSecret: (secret) => masker.register(secret),
    ...(hasWorkloadIdentity ? { serviceAccounts: createServiceAccounts(kube) } : {}),
  });
  const ports: SourcePorts = {
    kube,
    caches,
    clock,
    masker,
    artifacts: options.artifacts,
    secrets: createSecretStore(kube, caches),
    clouds: createCloudKeychains(login, { clock, masker }),
    trustRoot: createPublicTrustRoot({ clock }),
    login,
    hasWorkloadIdentity,
    requeueDependencyMs: settings.requeueDependencyMs,
  };
  const wanted = Object.entries(sources).filter(([kind]) => options.kinds?.includes(kind) ?? true);
  return new Map(wanted.map(([kind, start]) => [kind, start(environment, ports, options)]));
}
