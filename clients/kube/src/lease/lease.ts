import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";

/** Options of {@link acquireLease}; the defaults are Flux's. */
export interface LeaseOptions {
  namespace: string;
  name: string;
  /** Unique among candidates, like `<host>_<uuid>`: the fencing token together with {@link Leadership.term}. */
  identity: string;
  /** How long others wait after the last renewal they saw; default 35,000. */
  leaseDurationMs?: number;
  /** How long a holder tries to renew before it gives up; default 30,000. */
  renewDeadlineMs?: number;
  /** Between two attempts; default 5,000. */
  retryPeriodMs?: number;
  /** Between two renewals that succeed; default as between attempts. */
  renewPeriodMs?: number;
  /** Give the lease back on `stop`; default true. */
  releaseOnStop?: boolean;
  clock?: Clock;
  log?: Logger;
  onEvent?: (event: LeaseEvent) => void;
}

/** `gained`: this candidate leads; `lost`: it no longer does; `observed`: somebody else holds the lease. */
export type LeaseEvent =
  | { type: "gained"; term: number }
  | { type: "lost"; reason: string }
  | { type: "observed"; holder: string };

/** Held leadership: work under `signal`, and ask `isHeld` before a write that must not be doubled. */
export interface Leadership {
  /** Number of changes of holder so far: grows with each new holder. */
  readonly term: number;
  /** Aborted when the lease is lost or given back. */
  readonly signal: AbortSignal;
  /** False as soon as the renew deadline has passed, even before the loss is reported. */
  isHeld(): boolean;
}

/** A candidacy for a lease. It goes on after a loss until `stop`. */
export interface LeaseCandidate {
  /** Resolves when leadership is gained the first time; rejects when stopped before. */
  readonly acquired: Promise<Leadership>;
  readonly current: Leadership | undefined;
  /** Whoever holds the lease as last seen; "" when nobody does. */
  readonly holder: string;
  /** Ends the candidacy; gives the lease back when held. */
  stop(): Promise<void>;
}
