import type { Cancel, Clock } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";

/** What may be asked of each host: so many requests a second, so many at a time, and none while it asked to be left alone. */
export interface HostBudget {
  /**
   * Runs one request once the host may be asked; requests to one host go in the order in which they came, and never wait for
   * another host.
   * @throws EddyError OCI_HOST_BUSY (waiting) where that would take longer than `maxWaitMs`; the signal's reason.
   */
  run<R>(host: string, signal: AbortSignal | undefined, request: () => Promise<R>): Promise<R>;
  /** The host asked to be left alone for so long; a shorter time than one that is known already changes nothing. */
  pause(host: string, forMs: number): void;
  /** How long the host is to be left alone yet; 0 for one that is not. */
  pausedMs(host: string): number;
  /**
   * What one account may ask, or whoever asks by a way of his own: registries count by account, and what a proxy answers in a host's name
   * is nobody else's business.
   */
  of(account: string): HostBudget;
}

/** Options of {@link createHostBudget}. */
export interface HostBudgetOptions {
  readonly clock: Clock;
  /** Default 50. */
  readonly ratePerSecond?: number;
  /** How many may go at once after a silence. Default 100. */
  readonly burst?: number;
  /** Requests to one host that are under way. Default 6. */
  readonly concurrent?: number;
  /** Longest time that a request waits for a pause to end. Default 30,000. */
  readonly maxWaitMs?: number;
  /** Longest pause that a host may ask for. Default one hour. */
  readonly maxPauseMs?: number;
}

interface Waiting {
  start(): void;
}

interface Host {
  tokens: number;
  countedMs: number;
  running: number;
  pausedUntilMs: number;
  readonly queue: Set<Waiting>;
  timer: Cancel | undefined;
}

/** A budget that nobody has drawn on. It keeps nothing of a host that is idle and owes no pause. */
export function createHostBudget(options: HostBudgetOptions): HostBudget {
  const { clock, ratePerSecond = 50, burst = 100, concurrent = 6 } = options;
  const { maxWaitMs = 30_000, maxPauseMs = 3_600_000 } = options;
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    const now = clock.now();
    const fresh = { tokens: burst, countedMs: now, running: 0, pausedUntilMs: 0, queue: new Set<Waiting>() };
    const host = hosts.get(name) ?? { ...fresh, timer: undefined };
    hosts.set(name, host);
    return host;
  };
  const refill = (host: Host): void => {
    const now = clock.now();
    host.tokens = Math.min(burst, host.tokens + ((now - host.countedMs) * ratePerSecond) / 1_000);
    host.countedMs = now;
  };
  const dispatch = (name: string, host: Host): void => {
    host.timer?.();
    host.timer = undefined;
    refill(host);
    const pausedMs = host.pausedUntilMs - clock.now();
    for (const waiting of host.queue) {
      if (pausedMs > 0 || host.running >= concurrent || host.tokens < 1) break;
      host.queue.delete(waiting);
      host.tokens--;
      host.running++;
      waiting.start();
    }
    if (host.queue.size > 0 && host.running < concurrent) {
      const tokenMs = host.tokens >= 1 ? 0 : ((1 - host.tokens) * 1_000) / ratePerSecond;
      host.timer = clock.after(Math.max(pausedMs, Math.ceil(tokenMs), 1), () => dispatch(name, host));
    }
    if (host.queue.size === 0 && host.running === 0 && pausedMs <= 0 && host.tokens >= burst) hosts.delete(name);
  };
  const turn = (name: string, host: Host, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        host.queue.delete(waiting);
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        start() {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      host.queue.add(waiting);
      dispatch(name, host);
    });
  const pausedMs = (name: string): number => Math.max(0, (hosts.get(name)?.pausedUntilMs ?? 0) - clock.now());
  const budgetOf = (account: string): HostBudget => ({
    of: budgetOf,
    pausedMs: (hostname) => pausedMs(`${account} ${hostname}`),
    async run(hostname, signal, request) {
      const name = `${account} ${hostname}`;
      const waitMs = pausedMs(name);
      if (waitMs > maxWaitMs) throw busy(hostname, waitMs);
      const host = hostOf(name);
      await turn(name, host, signal);
      try {
        return await request();
      } finally {
        host.running--;
        dispatch(name, host);
      }
    },
    pause(hostname, forMs) {
      const host = hostOf(`${account} ${hostname}`);
      host.pausedUntilMs = Math.max(host.pausedUntilMs, clock.now() + Math.min(forMs, maxPauseMs));
    },
  });
  return budgetOf("");
}

function busy(host: string, waitMs: number): EddyError {
  const message = `${host} asked to be left alone for another ${formatDuration(Math.ceil(waitMs / 1_000) * 1_000)}`;
  return new EddyError("OCI_HOST_BUSY", message, { class: "waiting" });
}
