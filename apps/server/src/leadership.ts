import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { acquireLease, type KubeClient, type LeaseOptions } from "@eddy/kube";

/** Which Lease, and its times. */
export type LeaseSettings = Pick<
  LeaseOptions,
  "namespace" | "name" | "leaseDurationMs" | "renewDeadlineMs" | "retryPeriodMs" | "renewPeriodMs" | "releaseOnStop"
>;

/** What to do with leadership, and under which name. */
export interface LeadOptions {
  kube: KubeClient;
  /** Undefined: always lead. */
  lease: LeaseSettings | undefined;
  clock: Clock;
  logger: Logger;
  /** Called each time that leadership is gained; never again before `stop` has resolved. */
  start: () => Promise<void>;
  /** Called each time that it is lost, and at the end. */
  stop: () => Promise<void>;
  /** Given the way to ask, at any moment, whether this process leads; not called where it always does. */
  onCandidate?: (isHeld: () => boolean) => void;
}

/** Works while leading. The result ends that and gives the lease back. Starts and stops follow each other in order. */
export function lead(options: LeadOptions): () => Promise<void> {
  const { lease, logger } = options;
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (what: string, action: () => Promise<void>): Promise<void> => {
    turn = turn
      .then(action)
      .catch((error: unknown) => logger.log("error", `${what} failed`, { error: messageOf(error) }));
    return turn;
  };
  if (lease === undefined) {
    void inTurn("start controllers", options.start);
    return () => inTurn("stop controllers", options.stop);
  }
  const candidate = acquireLease(options.kube, {
    ...lease,
    identity: `${hostname()}_${randomUUID()}`,
    clock: options.clock,
    log: logger,
    onEvent(event) {
      if (event.type === "observed") return logger.log("info", "waiting for the lease", { holder: event.holder });
      logger.log("info", event.type === "gained" ? "gained the lease" : "lost the lease", { lease: lease.name });
      void (event.type === "gained"
        ? inTurn("start controllers", options.start)
        : inTurn("stop controllers", options.stop));
    },
  });
  candidate.acquired.catch(() => {});
  options.onCandidate?.(() => candidate.current?.isHeld() ?? false);
  return async () => {
    await inTurn("stop controllers", options.stop);
    await candidate.stop();
  };
}
