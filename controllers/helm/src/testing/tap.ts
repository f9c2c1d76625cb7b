import type { KubeClient } from "@eddy/kube";
import { interceptClient, type Intercept } from "@eddy/runtime/testing";

/** A client that counts what it changes, and can be made to fail. */
export interface Tap {
  kube: KubeClient;
  /** Requests that changed something or asked by dry-run, as `verb Kind name`, in order. */
  readonly writes: string[];
  /** Requests that read, in the same form. */
  readonly reads: string[];
  /** Every write from now on that this accepts fails; undefined: none does. */
  refuse(which: ((write: string) => Error | undefined) | undefined): void;
  /** The next `count` writes get through; those after it, and everything else, never end, as if the process were killed. */
  killAfter(count: number): void;
  /** Resolves when the process is killed: it wanted to write once more. */
  untilCut(): Promise<void>;
  /** Whether the process is killed, or will be at its next write too many. */
  isCut(): boolean;
  revive(): void;
}

/** A tap on a client. */
export function createTap(client: KubeClient): Tap {
  const writes: string[] = [];
  const reads: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let cut = Promise.withResolvers<void>();
  let refusal: ((write: string) => Error | undefined) | undefined;
  const intercept: Intercept = (request, send) => {
    const { verb, kind, name } = request;
    const what = name === undefined ? `${verb} ${kind}` : `${verb} ${kind} ${name}`;
    const isWrite = verb !== "get" && verb !== "list";
    const error = isWrite ? refusal?.(what) : undefined;
    if (error) return Promise.reject(error);
    if (isWrite) left--;
    if (left < 0) {
      cut.resolve();
      return new Promise(() => undefined);
    }
    (isWrite ? writes : reads).push(what);
    return send();
  };
  return {
    kube: interceptClient(client, intercept),
    writes,
    reads,
    refuse: (which) => void (refusal = which),
    killAfter(count) {
      left = count;
      cut = Promise.withResolvers();
    },
    untilCut: () => cut.promise,
    isCut: () => Number.isFinite(left),
    revive: () => void (left = Number.POSITIVE_INFINITY),
  };
}
