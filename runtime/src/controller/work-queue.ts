import type { Cancel, Clock } from "@eddy/core/clock";
import type { Priority } from "./handle.ts";

/** What asked for a pass, as far as the queue remembers: the most urgent priority and the latest words. */
export interface QueuedRequest {
  priority: Priority;
  because: string;
}

/** A worker's hold on one key. */
export interface Slot {
  /** Gives the worker back until {@link Slot.retake}; the key stays serialised. */
  release(): void;
  /** Resolves when a worker is free again; slots that come back go before new work. */
  retake(): Promise<void>;
  /** Gives the worker back and takes one again when no key is waiting for its first turn. */
  yield(): Promise<void>;
  /** Calls `listener` when the key is asked for again while it is being worked on, at once if it already was. */
  onRequested(listener: (request: QueuedRequest) => void): Cancel;
}

/** Keys waiting for a pass: one pass a key at a time, asked for twice is done once, urgent ones first. */
export interface WorkQueue {
  add(key: string, request: QueuedRequest): void;
  /**
   * Replaces an earlier `addAfter` of the key; a pass that starts sooner takes its place. Of a minute and more it may be up to a hundredth
   * late, see {@link alignDelay}.
   */
  addAfter(key: string, delayMs: number, request: QueuedRequest): void;
  /** Forgets the key's timer and place; a pass that runs goes on. */
  forget(key: string): void;
  readonly depth: number;
  readonly running: number;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
  /** Takes no more work; resolves when the last pass has ended. */
  stop(): Promise<void>;
}

/** Options of {@link createWorkQueue}. */
export interface WorkQueueOptions {
  concurrency: number;
  clock: Clock;
  /** 0 (inclusive) to 1 (exclusive): where between the moments of other processes this one's long delays end; see {@link alignDelay}. */
  phase?: number;
  /** Never rejects: what goes wrong is the worker's to handle. */
  work(key: string, request: QueuedRequest, slot: Slot): Promise<void>;
}

const order: readonly Priority[] = ["requested", "event", "interval", "resync"];

/** The more urgent of two requests' priorities, with the later one's words. */
export function mergeRequests(earlier: QueuedRequest | undefined, later: QueuedRequest): QueuedRequest {
  if (!earlier) return later;
  const urgent = order.indexOf(earlier.priority) < order.indexOf(later.priority) ? earlier : later;
  return { priority: urgent.priority, because: later.because };
}

/**
 * The delay, up to a hundredth longer, so that it ends together with others of about its length: a process at rest wakes up once for many
 * keys. `phase` keeps the processes of a fleet apart. Shorter delays than a minute are kept. Pure.
 */
export function alignDelay(delayMs: number, nowMs: number, phase: number): number {
  if (delayMs < 60_000) return delayMs;
  const grainMs = 2 ** Math.floor(Math.log2(delayMs / 100));
  const shiftMs = phase * grainMs;
  return Math.ceil((nowMs + delayMs - shiftMs) / grainMs) * grainMs + shiftMs - nowMs;
}

/** An empty queue that starts work as soon as there is some. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new Queue(options);
}

interface Running {
  again: QueuedRequest | undefined;
  listeners: Set<(request: QueuedRequest) => void>;
}

class Queue implements WorkQueue {
  private readonly waiting = new Map<Priority, Map<string, QueuedRequest>>(
    order.map((priority) => [priority, new Map()]),
  );
  private readonly active = new Map<string, Running>();
  private readonly timers = new Map<string, Cancel>();
  /** Passes that come back from outside: before new work. */
  private readonly returning: (() => void)[] = [];
  /** Passes that let others go first: after new work. */
  private readonly yielded: (() => void)[] = [];
  private readonly idleListeners: (() => void)[] = [];
  private readonly clock: Clock;
  private readonly phase: number;
  private readonly work: WorkQueueOptions["work"];
  private free: number;
  private isStopped = false;
  private isScheduled = false;

  constructor({ concurrency, clock, phase = 0, work }: WorkQueueOptions) {
    this.free = concurrency;
    this.clock = clock;
    this.phase = phase;
    this.work = work;
  }

  get depth(): number {
    return this.waiting.values().reduce((sum, keys) => sum + keys.size, 0);
  }

  get running(): number {
    return this.active.size;
  }

  add(key: string, request: QueuedRequest): void {
    if (this.isStopped) return;
    const state = this.active.get(key);
    if (state) {
      state.again = mergeRequests(state.again, request);
      for (const listener of state.listeners) listener(request);
      return;
    }
    const merged = mergeRequests(this.take(key), request);
    this.waiting.get(merged.priority)?.set(key, merged);
    this.schedule();
  }

  addAfter(key: string, delayMs: number, request: QueuedRequest): void {
    if (this.isStopped) return;
    this.cancelTimer(key);
    const cancel = this.clock.after(alignDelay(delayMs, this.clock.now(), this.phase), () => {
      this.timers.delete(key);
      this.add(key, request);
    });
    this.timers.set(key, cancel);
  }

  forget(key: string): void {
    this.cancelTimer(key);
    this.take(key);
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.idleListeners.push(resolve);
      this.schedule();
    });
  }

  stop(): Promise<void> {
    this.isStopped = true;
    for (const key of this.timers.keys()) this.cancelTimer(key);
    for (const keys of this.waiting.values()) keys.clear();
    return this.idle();
  }

  /** Takes a key out of its place, if it waits. */
  private take(key: string): QueuedRequest | undefined {
    for (const keys of this.waiting.values()) {
      const request = keys.get(key);
      if (request && keys.delete(key)) return request;
    }
    return undefined;
  }

  /** The most urgent key that waits, out of its place. */
  private next(): [string, QueuedRequest] | undefined {
    for (const keys of this.waiting.values()) {
      for (const entry of keys) {
        keys.delete(entry[0]);
        return entry;
      }
    }
    return undefined;
  }

  private cancelTimer(key: string): void {
    this.timers.get(key)?.();
    this.timers.delete(key);
  }

  // One turn later, so that what one event asks for is coalesced before the first pass starts.
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => this.dispatch());
  }

  private dispatch(): void {
    this.isScheduled = false;
    while (this.free > 0 && this.startOne());
    this.resumePatient();
    const isIdle = this.active.size === 0 && (this.isStopped || this.depth === 0);
    if (isIdle) for (const resolve of this.idleListeners.splice(0)) resolve();
  }

  /** Gives one free worker to a pass that comes back, else to the next key; false when nobody wants it. */
  private startOne(): boolean {
    const back = this.returning.shift();
    const entry = back || this.isStopped ? undefined : this.next();
    if (!back && !entry) return false;
    this.free--;
    if (back) back();
    else if (entry) void this.run(...entry);
    return true;
  }

  private resumePatient(): void {
    const patient = this.free > 0 ? this.yielded.shift() : undefined;
    if (!patient) return;
    this.free--;
    patient();
    // One in a turn of the event loop, so that answers to those that went first are not kept waiting.
    if (this.yielded.length > 0) setImmediate(() => this.schedule());
  }

  private async run(key: string, request: QueuedRequest): Promise<void> {
    const state: Running = { again: undefined, listeners: new Set() };
    this.active.set(key, state);
    this.cancelTimer(key);
    const slot = this.slotOf(state);
    try {
      await this.work(key, request, slot);
    } finally {
      slot.release();
      this.active.delete(key);
      if (state.again) this.add(key, state.again);
      this.schedule();
    }
  }

  private slotOf(state: Running): Slot {
    const { yielded } = this;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.free++;
      this.schedule();
    };
    const rejoin = async (line: (() => void)[]): Promise<void> => {
      if (isHeld) return;
      await new Promise<void>((resolve) => {
        line.push(resolve);
        this.schedule();
      });
      isHeld = true;
    };
    return {
      release,
      retake: () => rejoin(this.returning),
      yield() {
        release();
        return rejoin(yielded);
      },
      onRequested(listener) {
        state.listeners.add(listener);
        if (state.again) listener(state.again);
        return () => void state.listeners.delete(listener);
      },
    };
  }
}
