import { createHmac } from "node:crypto";
import { Worker } from "node:worker_threads";
import { delay, systemClock } from "@eddy/core/clock";
import { quantile, type Measurement } from "../measurement.ts";
import { observe } from "../world/observer.ts";
import type { FloodOptions } from "../world/flood.ts";
import { receiverPort as port, type Peer } from "../world/peers.ts";
import { createReceiver, receiverToken } from "../world/receiver.ts";
import {
  appFiles,
  appName,
  configMapKind,
  gitRepository,
  isReady,
  kustomization,
  kustomizationKind,
} from "../world/repository.ts";
import { startWorld, type World } from "../world/world.ts";

const rate = 10_000;
const calls = 100;
const pushes = 20;
const pauseMs = 50;
const body = JSON.stringify({ ref: "refs/heads/main" });

/** A webhook's way: to an answer, alone and while forged ones flood in, and to the changed object. */
export async function webhooks(peer: Peer): Promise<Measurement[]> {
  const world = await startWorld(peer);
  try {
    const { url } = await world.git.createRepository("bench", appFiles(1, "0"));
    await world.client.create(gitRepository(url, "1h"));
    await world.client.create(kustomization(appName(0)));
    const hook = { kind: "GitRepository", name: "bench" };
    const { pathname: path } = new URL(await createReceiver(world.client, "hook", "github", hook));
    const appliers = await observe(world.client, kustomizationKind);
    await appliers.until("the app is ready", (found) => found.size > 0 && [...found.values()].every(isReady), 60_000);
    appliers.stop();
    const changed = await pushAndCall(world, path);
    const alone = await answers(path);
    const flood = startFlood({ port, path, rate });
    await delay(systemClock, 2_000);
    const flooded = await answers(path);
    const answered = await flood.stop();
    world.processes.assertAlive();
    return [
      { what: "webhook → changed object, p50", value: quantile(changed, 0.5), unit: "ms", want: "≤ 100" },
      { what: "webhook → changed object, p90", value: quantile(changed, 0.9), unit: "ms" },
      { what: "webhook → answer, p50", value: quantile(alone, 0.5), unit: "ms" },
      { what: "webhook → answer, p90", value: quantile(alone, 0.9), unit: "ms", want: "≤ 20" },
      { what: "the same, forged ones flooding in, p50", value: quantile(flooded, 0.5), unit: "ms", want: "≤ 20" },
      { what: "the same, forged ones flooding in, p90", value: quantile(flooded, 0.9), unit: "ms" },
      { what: "forged ones answered meanwhile", value: answered, unit: "requests/s", want: "10,000" },
    ];
  } finally {
    await world.stop();
  }
}

/** Milliseconds from a call that proves itself to its answer, one after the other. */
async function answers(path: string): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < calls; index++) {
    await delay(systemClock, pauseMs);
    const startMs = performance.now();
    await call(path);
    samples.push(performance.now() - startMs);
  }
  return samples;
}

async function call(path: string): Promise<void> {
  const signature = `sha256=${createHmac("sha256", receiverToken).update(body).digest("hex")}`;
  const headers = { "content-type": "application/json", "x-github-event": "push", "x-hub-signature-256": signature };
  const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body });
  if (status !== 200) throw new Error(`the receiver answered ${status}, want 200`);
}

/** Milliseconds from the call behind a push to the object in the cluster. */
async function pushAndCall({ client, git }: World, path: string): Promise<number[]> {
  const observer = await observe(client, configMapKind, "bench=true");
  const samples: number[] = [];
  for (let index = 1; index <= pushes; index++) {
    await delay(systemClock, pauseMs * 4);
    const value = `webhook-${index}`;
    await git.commit("bench", { files: appFiles(1, value), message: value });
    const startMs = performance.now();
    const seen = observer.until(
      `the object says ${value}`,
      (objects) => [...objects.values()].some((object) => JSON.stringify(object["data"]).includes(value)),
      30_000,
    );
    await call(path);
    samples.push((await seen) - startMs);
  }
  observer.stop();
  return samples;
}

/** `stop` resolves with how many a second were answered. */
function startFlood(options: FloodOptions): { stop(): Promise<number> } {
  const worker = new Worker(new URL("../world/flood.ts", import.meta.url), { workerData: options });
  const perSecond: number[] = [];
  worker.on("message", (count: number) => perSecond.push(count));
  return {
    async stop() {
      await worker.terminate();
      return quantile(perSecond.slice(1), 0.5);
    },
  };
}
