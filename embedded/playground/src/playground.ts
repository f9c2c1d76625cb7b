import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type Clock } from "@eddy/core/clock";
import { silentLogger, type Logger } from "@eddy/core/log";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { startWorkloads } from "@eddy/workloads";
import { serveLocalRepository } from "./local-repository.ts";
import { loadPorts, onPort, savePorts } from "./ports.ts";
import { loadSample } from "./sample.ts";

/** Options of {@link startPlayground}. */
export interface PlaygroundOptions {
  /** Where all state is kept; created when it is not there. */
  dataDir: string;
  /** Forget what an earlier start left in the data directory. */
  fresh?: boolean;
  /** A local repository to serve instead of the sample. */
  localRepository?: string;
  /** TCP port of the API server; default: the one of the last start, or any. */
  port?: number;
  /** Called after refs of the served repository have moved. */
  onPush?: () => void;
  /** Called when the API server listens, before the rest starts. */
  onControlPlane?: (controlPlane: ControlPlane) => void;
  clock?: Clock;
  log?: Logger;
}

/** What runs, and how to reach it. */
export interface Playground {
  controlPlane: ControlPlane;
  git: GitServer;
  /** File with the admin's kubeconfig, mode 0600. */
  kubeconfigPath: string;
  /** Clone URL of the served repository. */
  repositoryUrl: string;
  /** Stops everything; state stays in the data directory. */
  stop(): Promise<void>;
}

const sampleName = "sample";

/**
 * Starts the API server, simulated workloads and the Git server. A second start in the same data directory finds the
 * cluster's objects and the repository again, on the same ports where they are free.
 * @throws when the data directory cannot be written or is in use by another process.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { dataDir, clock = systemClock, log = silentLogger } = options;
  if (options.fresh) forget(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const ports = loadPorts(dataDir);
  const controlPlane = await onPort(options.port ?? ports.controlPlane, (port) =>
    startControlPlane({ dataDir: join(dataDir, "control-plane"), port, clock, log }),
  );
  options.onControlPlane?.(controlPlane);
  const kubeconfigPath = join(dataDir, "kubeconfig");
  writeFileSync(kubeconfigPath, controlPlane.kubeconfig, { mode: 0o600 });
  const workloads = startWorkloads(controlPlane.objects, { clock, log });
  const gitDir = join(dataDir, "git");
  const git = await onPort(ports.git, (port) =>
    startGitServer({ dir: gitDir, port, onPush: () => options.onPush?.() }),
  );
  const local =
    options.localRepository === undefined
      ? undefined
      : serveLocalRepository(gitDir, options.localRepository, () => options.onPush?.());
  const repositoryUrl = local ? `${git.url}/${local.name}.git` : await sampleRepository(git, gitDir);
  savePorts(dataDir, { controlPlane: controlPlane.port, git: Number(new URL(git.url).port) });
  return {
    controlPlane,
    git,
    kubeconfigPath,
    repositoryUrl,
    async stop() {
      local?.stop();
      workloads.stop();
      await git.stop();
      await controlPlane.stop();
    },
  };
}

/** The clone URL of the sample, made on the first start. */
async function sampleRepository(git: GitServer, gitDir: string): Promise<string> {
  if (existsSync(join(gitDir, `${sampleName}.git`))) return `${git.url}/${sampleName}.git`;
  return (await git.createRepository(sampleName, loadSample())).url;
}

/** Removes only what the playground makes, so that a wrong `--data-dir` costs nobody their files. */
function forget(dataDir: string): void {
  for (const name of ["control-plane", "git", "storage", "kubeconfig", "ports.json"]) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}
