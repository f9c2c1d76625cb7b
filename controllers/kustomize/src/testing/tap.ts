import type { KubeClient } from "@eddy/kube";
import { interceptClient, type Intercept } from "@eddy/runtime/testing";

/** A client that tells what is written through it, and can be cut. */
export interface Tap {
  kube: KubeClient;
  /** `verb Kind name`, in order; dry-runs too. */
  writes: string[];
  /** The next `count` writes fail with this error. */
  failNext(count: number, error: Error): void;
  /** After this many more writes nothing reaches the server, and nothing is answered. */
  killAfter(count: number): void;
  /** Resolves when the first write was swallowed. */
  killed(): Promise<void>;
  /** Whether a request was swallowed. */
  isCut(): boolean;
  /** Lets everything through again. */
  revive(): void;
}

/** A tap on a client. */
export function createTap(client: KubeClient): Tap {
  const writes: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let failing: { count: number; error: Error } | undefined;
  let dead = Promise.withResolvers<void>();
  const pass = <R>(isWrite: boolean, send: () => Promise<R>): Promise<R> => {
    if (isWrite && failing && failing.count-- > 0) return Promise.reject(failing.error);
    if (isWrite) left--;
    if (left >= 0) return send();
    dead.resolve();
    return new Promise<R>(() => undefined);
  };
  const intercept: Intercept = ({ verb, kind, name }, send) => {
    if (verb === "get" || verb === "list") return pass(false, send);
    return pass(verb !== "dry-run", () => {
      writes.push(`${verb} ${kind} ${name}`);
      return send();
    });
  };
  return {
    kube: interceptClient(client, intercept),
    writes,
    failNext: (count, error) => void (failing = { count, error }),
    killAfter(count) {
      left = count;
      dead = Promise.withResolvers<void>();
    },
    killed: () => dead.promise,
    isCut: () => left < 0,
    revive() {
      left = Number.POSITIVE_INFINITY;
    },
  };
}
