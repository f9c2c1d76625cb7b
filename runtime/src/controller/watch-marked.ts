import type { Cancel, Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import { refKey, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { reflect, type KindRef, type KubeClient, type Reflection } from "@eddy/kube";

/** An object that carries a mark, and as much of it as its metadata says. */
export interface MarkedObject {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Counts changes of the spec. */
  readonly generation: number;
}

/** Objects of several kinds that carry a mark, kept true by watches of their metadata. */
export interface MarkedObjects {
  /** Resolves when each kind has been read once; rejects when stopped before. */
  readonly synced: Promise<void>;
  list(): Iterable<MarkedObject>;
  get(ref: ObjectRef): MarkedObject | undefined;
  /** Called for each change of a marked object; `after` is absent when it is gone, or its mark is. */
  subscribe(listener: (change: { ref: ObjectRef; after: MarkedObject | undefined }) => void): Cancel;
  stop(): void;
}

/** Options of {@link watchMarked}. */
export interface WatchMarkedOptions {
  readonly kube: KubeClient;
  readonly kinds: readonly KindRef[];
  /** Beginnings of the keys of labels and annotations that mark an object. */
  readonly prefixes: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** "": all namespaces. */
  readonly namespace: string;
  readonly labelSelector: string;
}

/**
 * Watches the metadata of kinds and keeps the objects that are marked; of the others it keeps nothing but their names, so that a big
 * cluster does not pay. Annotations cannot be selected by, so every object is looked at once.
 */
export function watchMarked(options: WatchMarkedOptions): MarkedObjects {
  const { kube, kinds, prefixes, clock, logger, namespace, labelSelector } = options;
  const marked = new Map<string, MarkedObject>();
  const listeners = new Set<(change: { ref: ObjectRef; after: MarkedObject | undefined }) => void>();
  const take = (ref: ObjectRef, after: MarkedObject | undefined): void => {
    const key = refKey(ref);
    if (!after && !marked.delete(key)) return;
    if (after) marked.set(key, after);
    for (const listener of listeners) listener({ ref, after });
  };
  const reflections: Reflection<Seen>[] = kinds.map((kind) =>
    reflect<Seen>(
      kube,
      kind,
      {
        metadataOnly: true,
        ...(namespace === "" ? {} : { namespace }),
        ...(labelSelector === "" ? {} : { labelSelector }),
        transform: (object) => seenOf(kind, object, prefixes),
        clock,
        log: logger,
      },
      (event) => take(event.object.ref, event.type === "Deleted" ? undefined : event.object.marked),
    ),
  );
  const synced = Promise.all(reflections.map((reflection) => reflection.synced)).then(() => undefined);
  synced.catch(() => undefined);
  return {
    synced,
    list: () => marked.values(),
    get: (ref) => marked.get(refKey(ref)),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      for (const reflection of reflections) reflection.stop();
    },
  };
}

interface Seen {
  readonly ref: ObjectRef;
  readonly marked: MarkedObject | undefined;
}

function seenOf({ group, kind }: KindRef, { metadata }: KubeObject, prefixes: readonly string[]): Seen {
  const { name, namespace = "", labels = {}, annotations = {}, generation = 0 } = metadata;
  const ref = { group, kind, namespace, name };
  const isMark = (key: string): boolean => prefixes.some((prefix) => key.startsWith(prefix));
  if (metadata.deletionTimestamp !== undefined) return { ref, marked: undefined };
  if (!Object.keys(labels).some(isMark) && !Object.keys(annotations).some(isMark)) return { ref, marked: undefined };
  return { ref, marked: { ref, labels, annotations, generation } };
}
