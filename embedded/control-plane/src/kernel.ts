/** What every part of one control plane shares. */
import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import type { PodLogRequest } from "./options.ts";
import type { Registry } from "./resources/registry.ts";
import type { Store } from "./storage/store.ts";
import type { TokenIssuer } from "./auth/service-account-token.ts";

export interface Kernel {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tokens: TokenIssuer;
  /** PEM of the authority, published to every namespace. */
  readonly caCert: string;
  readonly podLogs: ((request: PodLogRequest) => AsyncIterable<string> | Iterable<string>) | undefined;
  /** Runs a task after the current request, in order. What is pending is dropped at stop. */
  later(task: () => void): void;
}
