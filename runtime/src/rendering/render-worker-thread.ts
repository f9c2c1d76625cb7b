import { Worker } from "node:worker_threads";
import type { Chart } from "@eddy/helm";
import type { Cancel, Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { RenderAnswer, RenderJob } from "./render-request.ts";
import { progressBytes, type WorkerQuestion, workerReady, type WorkerReply } from "./worker-messages.ts";

/** How a worker is bounded. */
export interface WorkerLimits {
  /** Milliseconds for one render; then the thread is ended. */
  readonly timeoutMs: number;
  /** Megabytes of heap; beyond it the thread ends. */
  readonly maxMemoryMb: number;
}

/** Milliseconds in which a thread must have loaded its program. */
const startTimeoutMs = 60_000;

/** Charts that a worker keeps. */
const maxCharts = 20;

/** As a source or compiled, as this file is. */
const program = new URL(import.meta.url.endsWith(".ts") ? "./render-worker.ts" : "./render-worker.js", import.meta.url);

/** One thread, which renders one chart at a time. After a failure it is gone: the pool makes another. */
export class RenderWorkerThread {
  /** Set once it cannot be asked again. */
  isGone = false;
  private readonly worker: Worker;
  private readonly limits: WorkerLimits;
  private readonly clock: Clock;
  private readonly progress = new SharedArrayBuffer(progressBytes);
  private readonly sent = new Map<number, true>();
  private readonly ready = Promise.withResolvers<void>();
  private current: { id: number; settle(answer: RenderAnswer): void } | undefined;
  private sequence = 0;

  constructor(limits: WorkerLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
    this.worker = new Worker(program, {
      workerData: this.progress,
      resourceLimits: { maxOldGenerationSizeMb: limits.maxMemoryMb, stackSizeMb: 2 },
      // Nothing of the process is for a chart to see.
      env: {},
      argv: [],
      execArgv: [],
    });
    this.worker.unref();
    this.worker.on("message", (message: WorkerReply | typeof workerReady) => {
      if (message === workerReady) this.ready.resolve();
      else if (this.current?.id === message.id) this.current.settle(message.answer);
    });
    this.worker.on("error", (error: Error & { code?: string }) => this.end(whyEnded(error, limits)));
    this.worker.on("exit", () => this.end("the worker ended"));
  }

  /** Renders a job. Resolves always: also when the thread has to be ended. */
  async render(chart: Chart, chartId: number, job: RenderJob, signal?: AbortSignal): Promise<RenderAnswer> {
    const id = ++this.sequence;
    const { promise, resolve } = Promise.withResolvers<RenderAnswer>();
    this.current = { id, settle: resolve };
    let cancelTimer: Cancel = this.clock.after(startTimeoutMs, () => this.end("the worker did not start"));
    void this.ready.promise.then(() => {
      cancelTimer();
      if (this.current?.id === id) cancelTimer = this.startTimer();
    });
    const abort = (): void => this.end("it was cancelled");
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(this.question(id, chart, chartId, job));
    try {
      return await promise;
    } finally {
      cancelTimer();
      signal?.removeEventListener("abort", abort);
      this.current = undefined;
    }
  }

  private startTimer(): Cancel {
    const { timeoutMs } = this.limits;
    return this.clock.after(timeoutMs, () => this.end(`it ran longer than ${timeoutMs} ms`));
  }

  /** Ends the thread; what it renders fails. */
  async close(): Promise<void> {
    this.end("the worker was closed");
    await this.worker.terminate();
  }

  private question(id: number, chart: Chart, chartId: number, job: RenderJob): WorkerQuestion {
    const isKnown = this.sent.delete(chartId);
    this.sent.set(chartId, true);
    const forget = [...this.sent.keys()].slice(0, Math.max(0, this.sent.size - maxCharts));
    for (const old of forget) this.sent.delete(old);
    return { id, chart: { id: chartId, ...(isKnown ? {} : { content: chart }) }, forget, job };
  }

  private end(why: string): void {
    if (this.isGone) return;
    this.isGone = true;
    const file = this.runningTemplate();
    const where = file === undefined ? "" : ` at ${JSON.stringify(file)}`;
    this.current?.settle({
      kind: "failed",
      error: {
        code: "HELM_BUDGET",
        message: `stop rendering${where}: ${why}`,
        ...(file === undefined ? {} : { position: { file } }),
      },
    });
    void this.worker.terminate();
  }

  private runningTemplate(): string | undefined {
    const length = Atomics.load(new Int32Array(this.progress, 0, 1), 0);
    return length === 0 ? undefined : Buffer.from(this.progress, 4, length).toString("utf8");
  }
}

function whyEnded(error: Error & { code?: string }, { maxMemoryMb }: WorkerLimits): string {
  if (error.code === "ERR_WORKER_OUT_OF_MEMORY") return `it took more than ${maxMemoryMb} MiB of memory`;
  return messageOf(error);
}
