import {
  artifactGeneratorKind,
  bucketKind,
  gitRepositoryKind,
  helmChartKind,
  helmRepositoryKind,
  ociRepositoryKind,
  type Kind,
} from "@eddy/api";
import {
  startWhenUsed,
  type ControllerEnvironment,
  type ControllerHandle,
  type StartLoaded,
} from "@eddy/runtime/controller";
import { createCloudLogin } from "@eddy/cloud";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import { createCloudKeychains, createSecretStore } from "@eddy/runtime/registry-access";
import type { SourcePorts } from "./source/ports.ts";
import { createPublicTrustRoot } from "./verify/public-trust-root.ts";
import type { SourceControllerOptions, StartSource } from "./source/start-source.ts";

/** Every kind of source, with what loads it once a cluster has one; a new one is one line here. */
const sources: readonly (readonly [Kind, () => Promise<StartSource>])[] = [
  [gitRepositoryKind, async () => (await import("./git-repository/start.ts")).startGitRepositories],
  [ociRepositoryKind, async () => (await import("./oci-repository/start.ts")).startOCIRepositories],
  [bucketKind, async () => (await import("./bucket/start.ts")).startBuckets],
  [helmRepositoryKind, async () => (await import("./helm-repository/start.ts")).startHelmRepositories],
  [helmChartKind, async () => (await import("./helm-chart/start.ts")).startHelmCharts],
  [artifactGeneratorKind, async () => (await import("./artifact-generator/start.ts")).startArtifactGenerators],
];

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
  const wanted = sources.filter(([{ kind }]) => options.kinds?.includes(kind) ?? true);
  return new Map(
    wanted.map(([kind, load]) => {
      const loaded = async (): Promise<StartLoaded> => {
        const start = await load();
        return (full) => start(full, ports, options);
      };
      return [kind.kind, startWhenUsed(kind, loaded, environment)];
    }),
  );
}
