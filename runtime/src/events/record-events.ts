import type { Cancel, Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { EventBus } from "./bus.ts";
import type { ControllerEvent } from "./event.ts";
import { kubernetesEvent, seriesKeyOf, type EventSeries } from "./kubernetes-event.ts";

/** Options of {@link recordEvents}. */
export interface RecordEventsOptions {
  kube: KubeClient;
  clock: Clock;
  logger: Logger;
  /** They are written once there was none for so long, so that writing does not compete with passes; default 1,000. */
  delayMs?: number;
  /** Yet never later than this after the first one; default 5,000. */
  maxDelayMs?: number;
  /** A repeated event's count is written at most this often; default 60,000. */
  repeatEveryMs?: number;
  /** Events kept while the API server is slow; older ones are dropped. Default 2,000. */
  maxPending?: number;
}

/** Writes a bus's events as Kubernetes Events. */
export interface EventRecorder {
  /** Resolves when everything published so far is written or given up. */
  flush(): Promise<void>;
  stop: Cancel;
}

interface Series extends EventSeries {
  latest: ControllerEvent;
  writtenAtMs: number | undefined;
  writtenMessage?: string;
}

/** A series is forgotten this long after its last event; the next one is a new Event. Source: client-go's correlator. */
const forgetAfterMs = 600_000;

/** Starts recording. An Event that cannot be written is logged and dropped: events are a report, never a duty. */
export function recordEvents(bus: EventBus, options: RecordEventsOptions): EventRecorder {
  const { kube, clock, logger, maxPending = 2_000 } = options;
  const { delayMs = 1_000, maxDelayMs = 5_000, repeatEveryMs = 60_000 } = options;
  const series = new Map<string, Series>();
  const dirty = new Map<string, Series>();
  let gathering: { untilMs: number; cancel: Cancel } | undefined;
  let cancelRepeats: Cancel | undefined;
  let writing: Promise<void> = Promise.resolve();
  let sequence = 0;

  const take = (event: ControllerEvent): void => {
    if (event.isRoutine) return;
    const key = seriesKeyOf(event);
    const known = series.get(key);
    const entry: Series = known ?? {
      name: `${event.involvedObject.name}.${(clock.now() * 1_000 + (sequence++ % 1_000)).toString(16)}`,
      count: 0,
      firstTimestamp: event.timestamp,
      lastTimestamp: event.timestamp,
      latest: event,
      writtenAtMs: undefined,
    };
    entry.count++;
    entry.lastTimestamp = event.timestamp;
    entry.latest = event;
    series.set(key, entry);
    dirty.set(key, entry);
    if (dirty.size > maxPending) dirty.delete(dirty.keys().next().value ?? "");
    gather();
  };
  const gather = (): void => {
    gathering?.cancel();
    const nowMs = clock.now();
    const untilMs = gathering?.untilMs ?? nowMs + maxDelayMs;
    const afterMs = Math.max(0, Math.min(delayMs, untilMs - nowMs));
    gathering = { untilMs, cancel: clock.after(afterMs, () => void flush(false)) };
  };
  const flush = (all: boolean): Promise<void> => {
    gathering?.cancel();
    gathering = undefined;
    writing = writing.then(() => writeDirty(all));
    return writing;
  };
  const writeDirty = async (all: boolean): Promise<void> => {
    for (const [key, entry] of dirty) {
      if (!all && entry.writtenAtMs !== undefined && clock.now() - entry.writtenAtMs < repeatEveryMs) continue;
      dirty.delete(key);
      await write(entry);
    }
    for (const [key, { latest }] of series) {
      if (clock.now() - Date.parse(latest.timestamp) > forgetAfterMs) series.delete(key);
    }
    // Repeats that are held back; what is new does not wait for them.
    cancelRepeats?.();
    cancelRepeats = dirty.size > 0 ? clock.after(repeatEveryMs, () => void flush(false)) : undefined;
  };
  const write = async (entry: Series): Promise<void> => {
    const isRepeat = entry.writtenAtMs !== undefined;
    const isSameText = entry.writtenMessage === entry.latest.message;
    entry.writtenAtMs = clock.now();
    entry.writtenMessage = entry.latest.message;
    const object = kubernetesEvent(entry.latest, entry);
    const { name, namespace = "default", annotations } = object.metadata;
    try {
      if (isRepeat) {
        const { count, lastTimestamp, message } = object as {
          count?: number;
          lastTimestamp?: string;
          message?: string;
        };
        await kube.patch({ group: "", version: "v1", kind: "Event", namespace, name }, "merge", {
          count,
          lastTimestamp,
          // As upstream's recorder: the same text keeps what it was first said of.
          ...(isSameText ? {} : { message, ...(annotations ? { metadata: { annotations } } : {}) }),
        });
      } else {
        await kube.create(object);
      }
    } catch (error) {
      // The server forgets Events after an hour; the namespace may be going.
      if (isRepeat && hasReason(error, "NotFound")) await kube.create(object).catch(() => undefined);
      else logger.log("debug", "write an Event failed", { name, namespace, error: messageOf(error) });
    }
  };

  const unsubscribe = bus.subscribe(take);
  return {
    flush: () => flush(true),
    stop() {
      unsubscribe();
      gathering?.cancel();
      cancelRepeats?.();
    },
  };
}
