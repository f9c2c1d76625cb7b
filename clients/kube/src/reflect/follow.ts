import type { Clock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { KindRef, KubeClient, ListOptions, WatchEvent } from "../client.ts";
import { KubeApiError } from "../errors.ts";
import { storeKey } from "./create-store.ts";
import type { ReflectOutcome } from "./determine-next.ts";

/** What one request of a reflector needs, and where its objects go. */
export interface Follow {
  client: KubeClient;
  kind: KindRef;
  options: Pick<ListOptions, "namespace" | "labelSelector" | "fieldSelector" | "metadataOnly">;
  clock: Clock;
  random: () => number;
  idleMs: number;
  stopping: AbortSignal;
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
  /** Removes whatever is not among these keys. */
  retain(seen: ReadonlySet<string>): void;
  /** The whole collection has been seen as of this version. */
  listed(resourceVersion: string): void;
}

const initialEventsEnd = "k8s.io/initial-events-end";
const shortWatchMs = 1_000;
const graceMs = 15_000;

/** Lists everything, page by page. Never throws. */
export async function listOnce(follow: Follow): Promise<ReflectOutcome> {
  try {
    const { items, resourceVersion } = await follow.client.list(follow.kind, {
      ...selection(follow.options),
      signal: follow.stopping,
    });
    follow.retain(new Set(items.map((item) => storeKey(item.metadata.namespace, item.metadata.name))));
    for (const item of items) follow.put(item);
    return { name: "Listed", resourceVersion };
  } catch (error) {
    return { name: "Failed", error: error as Error, resourceVersion: undefined };
  }
}

/**
 * Watches from a version on, or from a streamed list when there is none, until the stream ends, is too old, goes silent
 * or passes its deadline. Never throws.
 */
export async function watchOnce(follow: Follow, from: string | undefined): Promise<ReflectOutcome> {
  // Spread, so that the watches of all kinds do not come back together; long, as a dead one is noticed by its silence.
  const timeoutSeconds = Math.round(300 + 2_400 * follow.random());
  const startedMs = follow.clock.now();
  const watchdog = startWatchdog(follow, startedMs + timeoutSeconds * 1_000 + graceMs);
  const progress: Progress = { resourceVersion: from, seen: from === undefined ? new Set() : undefined, events: 0 };
  try {
    const events = follow.client.watch(follow.kind, {
      ...selection(follow.options),
      resourceVersion: from ?? "",
      timeoutSeconds,
      sendInitialEvents: from === undefined,
      signal: watchdog.signal,
    });
    for await (const event of events) {
      watchdog.feed();
      progress.events++;
      receive(follow, progress, event);
    }
    const idle = progress.events === 0 && follow.clock.now() - startedMs < shortWatchMs;
    return progress.seen
      ? unfinishedList(progress)
      : { name: "Ended", resourceVersion: progress.resourceVersion, idle };
  } catch (error) {
    if (watchdog.signal.aborted)
      return progress.seen
        ? unfinishedList(progress)
        : { name: "Ended", resourceVersion: progress.resourceVersion, idle: false };
    if (progress.seen && refusesStreaming(error)) return { name: "Unsupported" };
    return {
      name: "Failed",
      error: error as Error,
      resourceVersion: progress.seen ? undefined : progress.resourceVersion,
    };
  } finally {
    watchdog.stop();
  }
}

interface Progress {
  resourceVersion: string | undefined;
  /** Keys of the initial events; undefined once they are complete. */
  seen: Set<string> | undefined;
  events: number;
}

function receive(follow: Follow, progress: Progress, { type, object }: WatchEvent): void {
  const { name, namespace, resourceVersion, annotations } = object.metadata;
  if (type === "BOOKMARK") {
    progress.resourceVersion = resourceVersion ?? progress.resourceVersion;
    if (progress.seen && annotations?.[initialEventsEnd] === "true") {
      follow.retain(progress.seen);
      progress.seen = undefined;
      follow.listed(resourceVersion ?? "");
    }
    return;
  }
  if (type === "DELETED") {
    progress.seen?.delete(storeKey(namespace, name));
    follow.remove(object);
  } else {
    progress.seen?.add(storeKey(namespace, name));
    follow.put(object);
  }
  if (!progress.seen) progress.resourceVersion = resourceVersion ?? progress.resourceVersion;
}

/** A streamed list that ended before its closing bookmark: a server that does not know of it sends none. */
function unfinishedList(progress: Progress): ReflectOutcome {
  return progress.events === 0
    ? { name: "Unsupported" }
    : {
        name: "Failed",
        error: new Error("the streamed list ended before it was complete"),
        resourceVersion: undefined,
      };
}

function refusesStreaming(error: unknown): boolean {
  return error instanceof KubeApiError && (error.status.code === 422 || error.status.code === 400);
}

/** Aborts its signal when nobody feeds it for `idleMs`, at the deadline, and when the reflector stops. */
function startWatchdog(follow: Follow, deadlineMs: number): { signal: AbortSignal; feed(): void; stop(): void } {
  const { clock, idleMs, stopping } = follow;
  const controller = new AbortController();
  let fedMs = clock.now();
  let cancel = (): void => {};
  const abort = (): void => controller.abort(new Error("the watch went silent"));
  const look = (): void => {
    const dueMs = Math.min(fedMs + idleMs, deadlineMs);
    if (clock.now() >= dueMs) abort();
    else cancel = clock.after(dueMs - clock.now(), look);
  };
  look();
  if (stopping.aborted) abort();
  stopping.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    feed: () => void (fedMs = clock.now()),
    stop() {
      cancel();
      stopping.removeEventListener("abort", abort);
    },
  };
}

function selection({ namespace, labelSelector, fieldSelector, metadataOnly }: Follow["options"]): ListOptions {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
  };
}
