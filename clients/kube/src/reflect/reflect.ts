import { delay, systemClock, type Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import type { KindRef, KubeClient } from "../client.ts";
import { createStore, storeKey } from "./create-store.ts";
import { determineNext, determineResumed, type ReflectOutcome } from "./determine-next.ts";
import { listOnce, watchOnce, type Follow } from "./follow.ts";
import type { Reflection, ReflectEvent, ReflectHandler, ReflectOptions, ReflectState } from "./reflection.ts";

const defaultIdleMs = 150_000;

/**
 * Keeps a store true to the objects of one kind until stopped: a (streamed) list, then watches that resume where the last
 * one ended. After `410 Expired` everything is read again and what vanished meanwhile is reported as deleted. It never
 * gives up and never throws: what hinders it is in `state`.
 */
export function reflect<T = KubeObject>(
  client: KubeClient,
  kind: KindRef,
  options: ReflectOptions<T>,
  handler: ReflectHandler<T> = () => {},
): Reflection<T> {
  const clock: Clock = options.clock ?? systemClock;
  const log = (options.log ?? silentLogger).with({ reflector: kind.kind });
  const random = options.random ?? Math.random;
  const store = createStore<T>(options.indexes);
  const keep = options.transform ?? ((object: KubeObject): T => object as T);
  const stopping = new AbortController();
  const synced = Promise.withResolvers<void>();
  // Whoever waits is told; nobody has to.
  synced.promise.catch(() => {});
  synced.promise.catch(() => {}); // Nobody has to wait for it.
  let streamed = options.initialList !== "list";
  let isSynced = false;
  let listedMs = Number.NEGATIVE_INFINITY;
  let state: ReflectState = { name: "Listing", attempt: 0, streamed };

  const enter = (next: ReflectState): void => {
    if (state.name === "Stopped") return;
    if (next.name === "Watching" && state.name === "Listing") listedMs = clock.now();
    state = next;
    if (next.name === "Waiting")
      log.log("debug", `wait: ${messageOf(next.error)}`, { reason: next.reason, attempt: next.attempt });
    if (next.name === "Watching" && !isSynced) {
      isSynced = true;
      synced.resolve();
    }
    options.onState?.(next);
  };
  const tell = (event: ReflectEvent<T> | undefined): void => {
    if (!event || state.name === "Stopped") return;
    try {
      handler(event);
    } catch (error) {
      log.log("error", `handle ${event.type}: ${messageOf(error)}`);
    }
  };
  const follow: Follow = {
    client,
    kind,
    options,
    clock,
    random,
    idleMs: options.idleMs ?? defaultIdleMs,
    stopping: stopping.signal,
    put: (object) => tell(store.put(keyOf(object), object.metadata.resourceVersion ?? "", keep(object))),
    remove: (object) => tell(store.remove(keyOf(object), keep(object))),
    retain(seen) {
      for (const key of store.keys()) if (!seen.has(key)) tell(store.remove(key));
    },
    listed: (resourceVersion) => enter({ name: "Watching", resourceVersion, attempt: 0 }),
  };

  const step = (): Promise<ReflectOutcome> => {
    if (state.name === "Watching") return watchOnce(follow, state.resourceVersion);
    return streamed ? watchOnce(follow, undefined) : listOnce(follow);
  };
  const run = async (): Promise<void> => {
    while (state.name !== "Stopped") {
      if (state.name === "Waiting") {
        await delay(clock, Math.max(0, state.untilMs - clock.now()), stopping.signal);
        enter(determineResumed(state, streamed));
        continue;
      }
      const outcome = await step();
      if (outcome.name === "Unsupported") streamed = false;
      enter(
        determineNext(state, outcome, {
          nowMs: clock.now(),
          random: random(),
          streamed,
          sinceListedMs: clock.now() - listedMs,
        }),
      );
    }
  };
  options.onState?.(state);
  run().catch((error: unknown) => {
    if (!stopping.signal.aborted) log.log("error", `the reflector broke: ${messageOf(error)}`);
  });

  return {
    store,
    get state() {
      return state;
    },
    synced: synced.promise,
    get isSynced() {
      return isSynced;
    },
    stop() {
      if (state.name === "Stopped") return;
      enter({ name: "Stopped" });
      stopping.abort(new Error("the reflector was stopped"));
      synced.reject(new Error(`the reflector of ${kind.kind} was stopped before its first list`));
    },
  };
}

function keyOf(object: KubeObject): string {
  return storeKey(object.metadata.namespace, object.metadata.name);
}
