import type { Clock } from "@eddy/core/clock";
import type { Chart } from "@eddy/helm";
import type { RenderAnswer, RenderJob } from "./render-request.ts";
import { RenderWorkerThread, type WorkerLimits } from "./render-worker-thread.ts";

/** How a pool is bounded. */
export interface WorkerPoolLimits extends WorkerLimits {
  readonly maxWorkers: number;
}

interface Waiting {
  start(worker: RenderWorkerThread): void;
}

/** Threads that render, and who waits for one, in turn. */
export class WorkerPool {
  private readonly limits: WorkerPoolLimits;
  private readonly clock: Clock;
  private readonly idle: RenderWorkerThread[] = [];
  private readonly busy = new Set<RenderWorkerThread>();
  private readonly waiting: Waiting[] = [];

  constructor(limits: WorkerPoolLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Renders as soon as a thread is free. Resolves with a failure rather than throw. */
  async render(chart: Chart, chartId: number, job: RenderJob, signal?: AbortSignal): Promise<RenderAnswer> {
    const worker = await this.take();
    try {
      return await worker.render(chart, chartId, job, signal);
    } finally {
      this.giveBack(worker);
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all([...this.idle.splice(0), ...this.busy].map((worker) => worker.close()));
  }

  private take(): Promise<RenderWorkerThread> | RenderWorkerThread {
    const free = this.idle.pop();
    if (free !== undefined && !free.isGone) return this.use(free);
    if (this.busy.size < this.limits.maxWorkers) return this.use(new RenderWorkerThread(this.limits, this.clock));
    return new Promise((resolve) => this.waiting.push({ start: resolve }));
  }

  private use(worker: RenderWorkerThread): RenderWorkerThread {
    this.busy.add(worker);
    return worker;
  }

  private giveBack(worker: RenderWorkerThread): void {
    this.busy.delete(worker);
    const next = this.waiting.shift();
    if (next === undefined) {
      if (!worker.isGone) this.idle.push(worker);
      return;
    }
    next.start(this.use(worker.isGone ? new RenderWorkerThread(this.limits, this.clock) : worker));
  }
}
