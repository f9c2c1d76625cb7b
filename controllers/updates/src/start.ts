import { helmReleaseKind, type HelmRelease } from "@eddy/api";
import { createCloudLogin, createTokenCache } from "@eddy/cloud";
import { refOf, valueAt, type KubeObject } from "@eddy/core/object";
import { createHostBudget } from "@eddy/oci";
import { createCloudKeychains, createRegistryPool, createSecretStore } from "@eddy/runtime/registry-access";
import type { ControllerEnvironment, ControllerHandle, MarkedObjects } from "@eddy/runtime/controller";
import type { SourceWritePorts } from "@eddy/runtime/source-write";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import type { UpdatePorts } from "./pass/ports.ts";
import { createReporter } from "./pass/reporter.ts";
import { createNodeReader } from "./registry/node-platforms.ts";
import { createRegistryReader } from "./registry/registry-reader.ts";
import { createUpdateLoop, type UpdateLoop } from "./update-loop.ts";

/** What updates need besides the environment. */
export interface UpdateOptions {
  /** What every Git remote is opened with. */
  readonly git: SourceWritePorts["git"];
  /** The gate `ObjectLevelWorkloadIdentity`. */
  readonly hasWorkloadIdentity?: boolean;
}

/** Running updates. */
export interface UpdatesHandle extends ControllerHandle {
  readonly loop: Pick<UpdateLoop, "hint" | "look">;
}

/** Updates the images of marked workloads, and of HelmReleases with `keel:` in their values, until stopped. */
export function startUpdates(
  environment: ControllerEnvironment,
  marked: MarkedObjects,
  options: UpdateOptions,
): UpdatesHandle {
  const { caches } = environment;
  const ports = portsOf(environment, options);
  const loop = createUpdateLoop(ports);
  for (const { ref } of marked.list()) loop.see(ref);
  const releases = caches.of<HelmRelease>(helmReleaseKind);
  const cancels = [
    marked.subscribe(({ ref, after }) => (after ? loop.see(ref) : loop.forget(ref))),
    releases.subscribe(({ before, after }) => {
      if (after && hasKeel(after)) loop.see(refOf(after));
      else if (before && hasKeel(before)) loop.forget(refOf(before));
    }),
  ];
  for (const release of releases.list()) if (hasKeel(release)) loop.see(refOf(release));
  return {
    loop,
    started: marked.synced,
    request: () => undefined,
    idle: () => loop.idle(),
    async stop() {
      for (const cancel of cancels) cancel();
      await loop.stop();
      ports.registries.stop();
      ports.pool.close();
    },
  };
}

function hasKeel(release: KubeObject): boolean {
  return valueAt(release, "spec", "values", "keel") !== undefined;
}

function portsOf(
  { kube, caches, clock, logger, masker, events }: ControllerEnvironment,
  { git, hasWorkloadIdentity = false }: UpdateOptions,
): UpdatePorts {
  const login = createCloudLogin({
    clock,
    onSecret: (secret) => masker.register(secret),
    ...(hasWorkloadIdentity ? { serviceAccounts: createServiceAccounts(kube) } : {}),
  });
  const own = logger.with({ controller: "updates" });
  return {
    kube,
    clock,
    logger: own,
    masker,
    secrets: createSecretStore(kube, caches),
    pool: createRegistryPool({ clock, budget: createHostBudget({ clock }) }),
    clouds: createCloudKeychains(login, { clock, masker }),
    login,
    codeCommit: createTokenCache({ clock }),
    hasWorkloadIdentity,
    git,
    registries: createRegistryReader({ clock, logger: own }),
    nodes: createNodeReader({ kube, clock }),
    reporter: createReporter({ events, clock, masker }),
  };
}
