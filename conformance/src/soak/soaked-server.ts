/**
 * A server in a process of its own that tells how much it holds: `soaked-server.ts KUBECONFIG STORAGE`, started with `--expose-gc`
 * and a channel. Answers each message with a {@link Holdings}.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseKubeconfig, resolveContext } from "@eddy/kube";
import { startServer } from "@eddy/server";
import type { Holdings } from "./holdings.ts";

const [kubeconfig = "", storagePath = ""] = process.argv.slice(2);
const server = await startServer({
  kubeConfig: resolveContext(parseKubeconfig(readFileSync(kubeconfig, "utf8"))),
  storagePath,
  storageAddr: "127.0.0.1:0",
  metricsAddr: "127.0.0.1:0",
  healthAddr: "",
  minRetryDelayMs: 20,
  maxRetryDelayMs: 200,
  writeLog: () => undefined,
});

// Of the controllers: the series of single objects go with them.
async function passesMade(): Promise<number> {
  const text = await (await fetch(`${server.metricsUrl}/metrics`)).text();
  const counts = text.matchAll(/^controller_runtime_reconcile_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** What is alive once garbage is gone: what it kept alive until then goes with the second collection. */
async function measure(): Promise<Holdings> {
  const passes = await passesMade();
  for (let count = 0; count < 3; count++) {
    globalThis.gc?.();
    await nextTurn();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    passes,
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    descriptors: readdirSync("/proc/self/fd").length,
    resources: process.getActiveResourcesInfo().length,
  };
}

process.on("message", () => void measure().then((holdings) => process.send?.(holdings)));
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
