import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type Clock } from "@eddy/core/clock";
import { silentLogger, type Logger } from "@eddy/core/log";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { startGitServer, type GitServer } from "@eddy/git-server";
import type { RegistryEvent } from "@eddy/registry";
import { startWorkloads } from "@eddy/workloads";
import { serveLocalRepository } from "./local-repository.ts";
import { loadPorts, onPort, savePorts } from "./ports.ts";
import { loadSample } from "./sample.ts";
import { startSampleCharts, type SampleCharts } from "./sample-charts.ts";
import { sampleRegistry, withRegistry } from "./sample-images.ts";

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
  /** Called for what happens in the sample's registry. */
  onImagePush?: (event: RegistryEvent) => void;
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
  /** Where the sample's charts are; undefined beside a repository of the user's own. */
  charts: SampleCharts | undefined;
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
  const { dataDir } = options;
  if (options.fresh) forget(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const started: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopPart of started.splice(0).toReversed()) await stopPart();
  };
  try {
    return { ...(await startParts(options, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts one part after the other; `started` gets what stops each. */
async function startParts(
  options: PlaygroundOptions,
  started: (() => void | Promise<void>)[],
): Promise<Omit<Playground, "stop">> {
  const { dataDir, clock = systemClock, log = silentLogger } = options;
  const ports = loadPorts(dataDir);
  const controlPlane = await onPort(options.port ?? ports.controlPlane, (port) =>
    startControlPlane({ dataDir: join(dataDir, "control-plane"), port, clock, log }),
  );
  started.push(() => controlPlane.stop());
  const kubeconfigPath = join(dataDir, "kubeconfig");
  writeFileSync(kubeconfigPath, controlPlane.kubeconfig, { mode: 0o600 });
  const workloads = startWorkloads(controlPlane.objects, { clock, log });
  started.push(() => workloads.stop());
  const gitDir = join(dataDir, "git");
  const git = await onPort(ports.git, (port) =>
    startGitServer({ dir: gitDir, port, onPush: () => options.onPush?.() }),
  );
  started.push(() => git.stop());
  const charts =
    options.localRepository === undefined
      ? await startSampleCharts(ports, started, (event) => options.onImagePush?.(event))
      : undefined;
  const repositoryUrl = await serveRepository(options, git, gitDir, charts, started);
  const own = { controlPlane: controlPlane.port, git: Number(new URL(git.url).port) };
  savePorts(dataDir, { ...ports, ...own, ...charts?.ports });
  return { controlPlane, git, kubeconfigPath, repositoryUrl, charts };
}

/** The clone URL of what is served: the user's own repository, or the sample. */
async function serveRepository(
  { localRepository, onPush }: PlaygroundOptions,
  git: GitServer,
  gitDir: string,
  charts: SampleCharts | undefined,
  started: (() => void)[],
): Promise<string> {
  if (localRepository === undefined) return sampleRepository(git, gitDir, charts?.registryHost ?? sampleRegistry);
  const local = serveLocalRepository(gitDir, localRepository, () => onPush?.());
  started.push(() => local.stop());
  return `${git.url}/${local.name}.git`;
}

/** The clone URL of the sample, made on the first start. */
async function sampleRepository(git: GitServer, gitDir: string, registryHost: string): Promise<string> {
  if (existsSync(join(gitDir, `${sampleName}.git`))) return `${git.url}/${sampleName}.git`;
  return (await git.createRepository(sampleName, withRegistry(loadSample(), registryHost))).url;
}

/** Removes only what the playground makes, so that a wrong `--data-dir` costs nobody their files. */
function forget(dataDir: string): void {
  for (const name of ["control-plane", "git", "storage", "kubeconfig", "ports.json"]) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}
