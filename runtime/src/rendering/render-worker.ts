/**
 * The program of a worker: renders what it is sent, one chart after another. Not a door: only worker-pool.ts starts it.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Chart } from "@eddy/helm";
import { renderJob } from "./render-job.ts";
import { type WorkerQuestion, workerReady, type WorkerReply } from "./worker-messages.ts";

const charts = new Map<number, Chart>();
const progress = new Uint8Array(workerData as SharedArrayBuffer);
const length = new Int32Array(progress.buffer, 0, 1);
const encoder = new TextEncoder();

/** Leaves a note for whoever has to stop this thread. */
function tellTemplate(path: string): void {
  const text = encoder.encode(path).subarray(0, progress.length - 4);
  progress.set(text, 4);
  Atomics.store(length, 0, text.length);
}

parentPort?.on("message", ({ id, chart, forget, job }: WorkerQuestion) => {
  for (const old of forget) charts.delete(old);
  if (chart.content !== undefined) charts.set(chart.id, chart.content);
  Atomics.store(length, 0, 0);
  const known = charts.get(chart.id) as Chart;
  const reply: WorkerReply = { id, answer: renderJob(known, job, tellTemplate) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(reply);
});

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(workerReady);
