import type { KubeObject } from "@eddy/core/object";
import { refKey, refOf } from "@eddy/core/object";
import type { KindRef, KubeClient } from "@eddy/kube";

/** Sees every change of a kind as the API server tells it: the only clock of the bench. */
export interface Observer {
  /** Resolves with the time (`performance.now()`) at which `test` first held for all current objects of the kind. */
  until(what: string, test: (objects: ReadonlyMap<string, KubeObject>) => boolean, timeoutMs: number): Promise<number>;
  stop(): void;
}

/** Watches a kind in all namespaces from now on, existing objects included. */
export async function observe(client: KubeClient, kind: KindRef, labelSelector?: string): Promise<Observer> {
  const objects = new Map<string, KubeObject>();
  const waiters = new Set<() => void>();
  const aborting = new AbortController();
  const selector = labelSelector === undefined ? {} : { labelSelector };
  const tellWaiters = (): void => {
    for (const waiter of waiters) waiter();
  };
  const read = async (): Promise<string> => {
    const { items, resourceVersion } = await client.list(kind, selector);
    objects.clear();
    for (const item of items) objects.set(refKey(refOf(item)), item);
    tellWaiters();
    return resourceVersion;
  };
  const firstVersion = await read();
  let broken: unknown;
  const follow = async (): Promise<void> => {
    // A server ends the watch of whoever reads too slowly: what happened meanwhile is in the next list.
    for (let resourceVersion = firstVersion; ; resourceVersion = await read()) {
      const options = { ...selector, resourceVersion, signal: aborting.signal, timeoutSeconds: 3_600 };
      for await (const event of client.watch(kind, options)) {
        if (event.type === "BOOKMARK") continue;
        if (event.type === "DELETED") objects.delete(refKey(refOf(event.object)));
        else objects.set(refKey(refOf(event.object)), event.object);
        tellWaiters();
      }
      if (aborting.signal.aborted) return;
    }
  };
  const following = follow().catch((error: unknown) => {
    broken = error;
    tellWaiters();
  });
  return {
    until: (what, test, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => finish(new Error(`timed out after ${timeoutMs} ms waiting until ${what}`)),
          timeoutMs,
        );
        const finish = (error?: Error): void => {
          clearTimeout(timer);
          waiters.delete(look);
          if (error) reject(error);
          else resolve(performance.now());
        };
        const look = (): void => {
          if (broken !== undefined) finish(broken as Error);
          else if (test(objects)) finish();
        };
        waiters.add(look);
        look();
      }),
    stop() {
      aborting.abort();
      void following;
    },
  };
}
