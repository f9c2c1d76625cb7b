import { createCloudLogin, createTokenCache } from "@eddy/cloud";
import type { GitPerson, OpenRepositoryOptions } from "@eddy/git";
import { startController, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";
import { createCloudKeychains, createSecretStore } from "@eddy/runtime/registry-access";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import { createImageRegistry } from "./registry/create-image-registry.ts";
import { releaseController } from "./release/controller.ts";
import type { ReleasePorts } from "./release/ports.ts";

/** What the release controller needs besides the environment. */
export interface ReleaseControllerOptions {
  /** Where Git objects are kept across restarts; shared with the sources' own. Default: in memory only. */
  gitCacheDir?: string;
  /** `--ssh-kex-algos`, `--ssh-hostkey-algos`. */
  ssh?: NonNullable<OpenRepositoryOptions["ssh"]>;
  /** `--feature-gates=ObjectLevelWorkloadIdentity`. Default false. */
  hasWorkloadIdentity?: boolean;
  /** Who commits. Default `Eddy`. */
  committer?: GitPerson;
  /** How often the registries of automated workloads are asked: Flux v1's `--automation-interval`. Default a minute. */
  automationIntervalMs?: number;
}

const defaultCommitter: GitPerson = { name: "Eddy", email: "eddy@users.noreply.github.com" };

/** What passes reach the world through. */
export function createReleasePorts(
  environment: ControllerEnvironment,
  options: ReleaseControllerOptions,
): ReleasePorts {
  const { kube, caches, clock, masker, settings } = environment;
  const { hasWorkloadIdentity = false, gitCacheDir, ssh } = options;
  const login = createCloudLogin({
    clock,
    onSecret: (secret) => masker.register(secret),
    ...(hasWorkloadIdentity ? { serviceAccounts: createServiceAccounts(kube) } : {}),
  });
  const secrets = createSecretStore(kube, caches);
  const clouds = createCloudKeychains(login, { clock, masker });
  return {
    kube,
    caches,
    clock,
    masker,
    login,
    secrets,
    hasWorkloadIdentity,
    codeCommit: createTokenCache({ clock }),
    registry: createImageRegistry({ kube, secrets, masker, clock, clouds }),
    committer: options.committer ?? defaultCommitter,
    noCrossNamespaceRefs: settings.noCrossNamespaceRefs,
    git: { ...(gitCacheDir === undefined ? {} : { cacheDir: gitCacheDir }), ...(ssh ? { ssh } : {}) },
  };
}

/** Runs Releases. */
export function startReleases(environment: ControllerEnvironment, options: ReleaseControllerOptions): ControllerHandle {
  const ports = createReleasePorts(environment, options);
  const handle = startController(releaseController, ports, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      ports.registry.close();
    },
  };
}
