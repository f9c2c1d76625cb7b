import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "@eddy/server";
import { repositoryRoot } from "../upstream.ts";
import type { FaultProxy } from "../bad-input/fault-proxy.ts";

/** One life of a server between its start and its death. */
export interface Incarnation {
  /** Whether it ended by its own means, and must be silent since. What a process had sent when it was killed may arrive later. */
  readonly isStopped: boolean;
  /** Settles when the server ends by itself, which it must not. */
  readonly ended: Promise<void>;
  /** Ends it at once: nothing that it does afterwards reaches the API server. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** How a server is brought to life, at the storage that the one before left behind. */
export type Incarnate = (proxy: FaultProxy, storagePath: string) => Promise<Incarnation>;

/**
 * A server inside this process. Its death is the proxy's: from then on no request of it arrives and no answer is told, and all
 * that it remembers is dropped. What is on its disk is what it wrote to the end; a real process may leave half a file there.
 */
export const incarnateHere: Incarnate = async (proxy, storagePath) => {
  const server = await startServer({
    kubeConfig: proxy.kubeConfig,
    storagePath,
    storageAddr: "127.0.0.1:0",
    metricsAddr: "",
    healthAddr: "",
    minRetryDelayMs: 20,
    maxRetryDelayMs: 200,
    writeLog: () => undefined,
  });
  return {
    isStopped: true,
    ended: new Promise(() => undefined),
    async kill() {
      proxy.set(() => "cut");
      proxy.cutWatches();
      await server.stop();
      // What was sent before the end is read from the wire by now.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

const command = join(repositoryRoot, "apps/cli/bin/eddy.mjs");

/** `eddy server` in a process of its own, ended by SIGKILL. */
export const incarnateProcess: Incarnate = async (proxy, storagePath) => {
  const kubeconfigFile = `${storagePath}.kubeconfig`;
  writeFileSync(kubeconfigFile, proxy.kubeconfig, { mode: 0o600 });
  const flags = [
    "--storage-addr=127.0.0.1:0",
    "--metrics-addr=",
    "--health-addr=",
    "--receiver-addr=",
    "--min-retry-delay=50ms",
  ];
  const words = ["server", `--kubeconfig=${kubeconfigFile}`, `--storage-path=${storagePath}`, ...flags];
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  // In a group of its own: on an older Node the command runs the pinned one as its child.
  const child = spawn(process.execPath, [command, ...words], { stdio: "ignore", env: environment, detached: true });
  const closed = once(child, "close").then(() => undefined);
  return {
    isStopped: false,
    ended: closed,
    async kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
      await closed;
    },
  };
};
