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
  /** Replaces an earlier `addAfter` of the key; a pass that starts sooner takes its place. */
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

interface Running {
  again: QueuedRequest | undefined;
  listeners: Set<(request: QueuedRequest) => void>;
}

/** An empty queue that starts work as soon as there is some. */
export function createWorkQueue({ concurrency, clock, work }: WorkQueueOptions): WorkQueue {
  const waiting = new Map<Priority, Map<string, QueuedRequest>>(order.map((priority) => [priority, new Map()]));
  const running = new Map<string, Running>();
  const timers = new Map<string, Cancel>();
  const returning: (() => void)[] = [];
  const yielded: (() => void)[] = [];
  const idleListeners: (() => void)[] = [];
  let free = concurrency;
  let stopped = false;
  let scheduled = false;

  const take = (key: string): QueuedRequest | undefined => {
    for (const keys of waiting.values()) {
      const request = keys.get(key);
      if (request && keys.delete(key)) return request;
    }
    return undefined;
  };
  const next = (): [string, QueuedRequest] | undefined => {
    for (const keys of waiting.values()) {
      for (const entry of keys) {
        keys.delete(entry[0]);
        return entry;
      }
    }
    return undefined;
  };
  const cancelTimer = (key: string): void => {
    timers.get(key)?.();
    timers.delete(key);
  };
  const depth = (): number => waiting.values().reduce((sum, keys) => sum + keys.size, 0);

  const dispatch = (): void => {
    scheduled = false;
    while (free > 0) {
      const back = returning.shift();
      if (back) {
        free--;
        back();
        continue;
      }
      const entry = stopped ? undefined : next();
      if (!entry) break;
      free--;
      void run(...entry);
    }
    const patient = free > 0 ? yielded.shift() : undefined;
    if (patient) {
      free--;
      patient();
      // One in a turn of the event loop, so that answers to those that went first are not kept waiting.
      if (yielded.length > 0) setImmediate(schedule);
    }
    if (running.size === 0 && (stopped || depth() === 0)) for (const resolve of idleListeners.splice(0)) resolve();
  };
  // One turn later, so that what one event asks for is coalesced before the first pass starts.
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(dispatch);
  }

  const run = async (key: string, request: QueuedRequest): Promise<void> => {
    const state: Running = { again: undefined, listeners: new Set() };
    running.set(key, state);
    cancelTimer(key);
    let held = true;
    const rejoin = async (line: (() => void)[]): Promise<void> => {
      if (held) return;
      await new Promise<void>((resolve) => {
        line.push(resolve);
        schedule();
      });
      held = true;
    };
    const slot: Slot = {
      release() {
        if (!held) return;
        held = false;
        free++;
        schedule();
      },
      retake: () => rejoin(returning),
      async yield() {
        slot.release();
        await rejoin(yielded);
      },
      onRequested(listener) {
        state.listeners.add(listener);
        if (state.again) listener(state.again);
        return () => void state.listeners.delete(listener);
      },
    };
    try {
      await work(key, request, slot);
    } finally {
      slot.release();
      running.delete(key);
      if (state.again) add(key, state.again);
      schedule();
    }
  };

  const add = (key: string, request: QueuedRequest): void => {
    if (stopped) return;
    const state = running.get(key);
    if (state) {
      state.again = mergeRequests(state.again, request);
      for (const listener of state.listeners) listener(request);
      return;
    }
    const merged = mergeRequests(take(key), request);
    waiting.get(merged.priority)?.set(key, merged);
    schedule();
  };

  return {
    add,
    addAfter(key, delayMs, request) {
      if (stopped) return;
      cancelTimer(key);
      timers.set(
        key,
        clock.after(delayMs, () => {
          timers.delete(key);
          add(key, request);
        }),
      );
    },
    forget(key) {
      cancelTimer(key);
      take(key);
    },
    get depth() {
      return depth();
    },
    get running() {
      return running.size;
    },
    idle: () =>
      new Promise((resolve) => {
        idleListeners.push(resolve);
        schedule();
      }),
    stop() {
      stopped = true;
      for (const key of timers.keys()) cancelTimer(key);
      for (const keys of waiting.values()) keys.clear();
      return new Promise((resolve) => {
        idleListeners.push(resolve);
        schedule();
      });
    },
  };
}
