import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@eddy/core/errors";
import type { Random } from "../random.ts";
import { repositoryRoot } from "../upstream.ts";
import type { Bed } from "./bed.ts";
import { openDelivery } from "./delivery.ts";
import { startFaultProxy, type Fault, type FaultProxy } from "./fault-proxy.ts";

const command = join(repositoryRoot, "apps/cli/bin/eddy.mjs");

/** What a run of kills saw. */
export interface KillReport {
  /** Processes that were killed at the request that was chosen. */
  killed: number;
  /** Processes that had nothing more to do before it came, and were killed then. */
  finished: number;
  /** The requests at which processes died, as `before PATCH <path>` or `after …`. */
  points: readonly string[];
}

/**
 * Lets `eddy server` deliver commits and kills it, SIGKILL, at a random request each time: before it reaches the API server,
 * or after it was done and before the answer. After every death each labelled object is in an inventory; at the end one
 * process that lives makes the cluster equal the last commit.
 */
export async function killManyTimes(bed: Bed, random: Random, isOver: (kills: number) => boolean): Promise<KillReport> {
  const delivery = await openDelivery(bed);
  const proxy = await startFaultProxy(bed.kubeConfig);
  const kubeconfig = join(bed.dir, "killed.kubeconfig");
  writeFileSync(kubeconfig, proxy.kubeconfig, { mode: 0o600 });
  const storage = join(bed.dir, "killed-storage");
  const points: string[] = [];
  let finished = 0;
  try {
    for (let kills = 0; !isOver(kills); kills++) {
      if (kills > 0) await delivery.commit();
      const died = dieAt(proxy, random);
      const child = startServer(kubeconfig, storage);
      void once(child, "close").then(() => died.reject(new Error(`eddy ended by itself with ${child.exitCode}`)));
      const point = await Promise.race([died.promise, delivery.converged()]).finally(() => killGroup(child));
      await ended(child);
      if (point === undefined) finished++;
      else points.push(point);
      await delivery.checkNothingOrphaned().catch((error: unknown) => {
        throw new Error(`after ${points.join(", ")}: ${messageOf(error)}`, { cause: error });
      });
    }
    proxy.set(() => "pass");
    await delivery.commit();
    const last = startServer(kubeconfig, storage);
    try {
      await delivery.converged();
      await delivery.checkNothingOrphaned();
    } finally {
      killGroup(last);
      await ended(last);
    }
  } finally {
    await proxy.stop();
  }
  return { killed: points.length, finished, points };
}

/** Chooses the write or dry-run at which the next process dies; resolves when it came. */
function dieAt(proxy: FaultProxy, random: Random): PromiseWithResolvers<string> {
  const died = Promise.withResolvers<string>();
  const isLost = random.chance(0.5);
  let left = random.below(24);
  proxy.set(({ method, path, isWrite }): Fault => {
    // Reading changes nothing: who dies there died before the next write.
    if (method === "GET" || left-- > 0) return left < -1 ? "cut" : "pass";
    if (isLost && isWrite) {
      died.resolve(`after ${method} ${path}`);
      return "lose";
    }
    died.resolve(`before ${method} ${path}`);
    return "cut";
  });
  return died;
}

function startServer(kubeconfig: string, storage: string): ChildProcess {
  const flags = ["--storage-addr=127.0.0.1:0", "--metrics-addr=", "--health-addr=", "--min-retry-delay=50ms"];
  const words = ["server", `--kubeconfig=${kubeconfig}`, `--storage-path=${storage}`, ...flags];
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  // In a group of its own: on an older Node the command runs the pinned one as its child.
  return spawn(process.execPath, [command, ...words], { stdio: "ignore", env: environment, detached: true });
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, "SIGKILL");
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}
