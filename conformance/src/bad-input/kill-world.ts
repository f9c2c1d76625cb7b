import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@eddy/core/clock";
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
  /** Where processes died: `before PATCH <path>`, `after …`, `7 ms during …`. */
  points: readonly string[];
}

/**
 * Lets `eddy server` deliver commits and kills it, SIGKILL, at a random point each time. After every death each labelled object is in an inventory; at the end one
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

/**
 * Chooses where the next process dies, and resolves when it came there: before a write or dry-run reaches the server, after one
 * was done and before the answer, or some milliseconds after any request, when it may be fetching, packing or building.
 */
function dieAt(proxy: FaultProxy, random: Random): PromiseWithResolvers<string> {
  const died = Promise.withResolvers<string>();
  const how = random.pick(["before", "after", "during"] as const);
  let left = random.below(how === "during" ? 60 : 24);
  const laterMs = random.below(30);
  proxy.set(({ method, path, isWrite }): Fault => {
    if ((how !== "during" && method === "GET") || left-- > 0) return "pass";
    const point = `${how} ${method} ${path}`;
    if (how === "during") systemClock.after(laterMs, () => died.resolve(`${laterMs} ms ${point}`));
    else died.resolve(point);
    if (how === "during") return "pass";
    return how === "after" && isWrite ? "lose" : "cut";
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
