import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";

/** Throws when this process must not write. */
export type Fence = () => void;

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Default `eddy/0.1.0`. The part before `/` is the field manager of writes that name none. */
  userAgent?: string;
  /** From the first byte sent to the last received, for everything but watches; default 60,000. */
  timeoutMs?: number;
  /** Connections kept for requests; watches have their own. Default 32. */
  maxSockets?: number;
  /** Requests a second on average; absent: no limit, as with the server's own priority and fairness. */
  qps?: number;
  /** Requests at once above `qps`; default `qps`. */
  burst?: number;
  /** How often a request is repeated after 429, or 5xx with Retry-After; default 9. */
  maxRetries?: number;
  /** Longest wait that is accepted from Retry-After; default 30,000. */
  maxRetryAfterMs?: number;
  /**
   * Called before everything but reading is sent, and before it is repeated; throws what the caller is to get when it must not be.
   * So that a process that lost its lease writes nothing more, whatever it was doing.
   */
  fence?: Fence;
  /**
   * Servers and proxies at addresses of clouds' metadata services are out of reach, whatever a name resolves to: for kubeconfigs that
   * objects name. Default: the config is the process's own, and leads wherever it leads.
   */
  refusesMetadata?: boolean;
  clock?: Clock;
  log?: Logger;
}
