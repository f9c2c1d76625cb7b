import { createTokenCache } from "@eddy/cloud";
import { startController } from "@eddy/runtime/controller";
import type { StartSource } from "../source/start-source.ts";
import { gitRepositoryController } from "./controller.ts";
import { createRemotePool } from "./remote-pool.ts";

/** Runs GitRepositories with remotes that objects share. */
export const startGitRepositories: StartSource = (environment, ports, { gitCacheDir, ssh }) => {
  const remotes = createRemotePool({
    clock: ports.clock,
    ...(gitCacheDir === undefined ? {} : { cacheDir: gitCacheDir }),
    ...(ssh ? { ssh } : {}),
  });
  const codeCommit = createTokenCache({ clock: ports.clock });
  const handle = startController(gitRepositoryController, { ...ports, remotes, codeCommit }, environment);
  return {
    ...handle,
    async stop() {
      await handle.stop();
      remotes.close();
    },
  };
};
