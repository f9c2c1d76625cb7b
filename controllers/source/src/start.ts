import type { ArtifactStore } from "@eddy/runtime/artifact";
import { startController, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";
import type { OpenRepositoryOptions } from "@eddy/git";
import { gitRepositoryController } from "./git-repository/controller.ts";
import { createRemotePool } from "./git-repository/remote-pool.ts";
import { createSecretStore } from "./git-repository/secret-store.ts";

/** What the source controller needs besides the environment. */
export interface SourceControllerOptions {
  artifacts: ArtifactStore;
  /** Where Git objects are kept across restarts. Default: in memory only. */
  gitCacheDir?: string;
  /** `--ssh-kex-algos`, `--ssh-hostkey-algos`. */
  ssh?: NonNullable<OpenRepositoryOptions["ssh"]>;
}

/** Runs the controllers of source.toolkit.fluxcd.io until stopped. */
export function startSourceController(
  environment: ControllerEnvironment,
  options: SourceControllerOptions,
): ControllerHandle {
  const { kube, caches, clock, masker, settings } = environment;
  const remotes = createRemotePool({
    clock,
    ...(options.gitCacheDir === undefined ? {} : { cacheDir: options.gitCacheDir }),
    ...(options.ssh ? { ssh: options.ssh } : {}),
  });
  const ports = {
    caches,
    clock,
    masker,
    remotes,
    artifacts: options.artifacts,
    secrets: createSecretStore(kube, caches),
    requeueDependencyMs: settings.requeueDependencyMs,
  };
  const handle = startController(gitRepositoryController, ports, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      remotes.close();
    },
  };
}
