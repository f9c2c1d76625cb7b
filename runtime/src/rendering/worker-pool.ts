import type { Cancel, Clock } from "@eddy/core/clock";
import type { Chart } from "@eddy/helm";
import type { RenderAnswer, RenderJob } from "./render-request.ts";
import { RenderWorkerThread, type WorkerLimits } from "./render-worker-thread.ts";

/** How a pool is bounded. */
export interface WorkerPoolLimits extends WorkerLimits {
  readonly maxWorkers: number;
}

/** A thread is some 20 MiB: one that nobody needs ends after this time. */
const idleMs = 30_000;

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
  /** What would end those that are idle. */
  private readonly endings = new Map<RenderWorkerThread, Cancel>();

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
    for (const cancel of this.endings.values()) cancel();
    this.endings.clear();
    await Promise.all([...this.idle.splice(0), ...this.busy].map((worker) => worker.close()));
  }

  private take(): Promise<RenderWorkerThread> | RenderWorkerThread {
    const free = this.idle.pop();
    if (free !== undefined && !free.isGone) return this.use(free);
    if (this.busy.size < this.limits.maxWorkers) return this.use(new RenderWorkerThread(this.limits, this.clock));
    return new Promise((resolve) => this.waiting.push({ start: resolve }));
  }

  private use(worker: RenderWorkerThread): RenderWorkerThread {
    this.endings.get(worker)?.();
    this.endings.delete(worker);
    this.busy.add(worker);
    return worker;
  }

  private rest(worker: RenderWorkerThread): void {
    this.idle.push(worker);
    this.endings.set(
      worker,
      this.clock.after(idleMs, () => {
        const place = this.idle.indexOf(worker);
        if (place >= 0) this.idle.splice(place, 1);
        void worker.close();
      }),
    );
  }

  private giveBack(worker: RenderWorkerThread): void {
    this.busy.delete(worker);
    const next = this.waiting.shift();
    if (next === undefined) {
      if (!worker.isGone) this.rest(worker);
      return;
    }
    next.start(this.use(worker.isGone ? new RenderWorkerThread(this.limits, this.clock) : worker));
  }
}
