import { delay, type Cancel } from "@eddy/core/clock";
import { formatObjectName, refOf, type ObjectRef } from "@eddy/core/object";
import { comesBack } from "./comes-back.ts";
import type { ControllerDefinition, WatchDefinition } from "./definition.ts";
import { createDependents } from "./dependents.ts";
import type { ControllerEnvironment } from "./environment.ts";
import type { ReconcilableObject } from "./object.ts";
import { watchForeign } from "./watch-foreign.ts";

/** Watches of what passes read, and the index of who reads what. */
export interface References<T> {
  /**
   * Notes what an object reads. When that starts a watch, the answer resolves once the watch has been read, or after
   * five seconds: a pass before that would ask the server for each thing.
   */
  read(key: string, object: T): Promise<unknown> | undefined;
  forget(key: string): void;
  stop(): void;
}

const firstSyncMs = 5_000;

interface Watching {
  ready: Promise<unknown>;
  isReady: boolean;
  cancel: Cancel;
}

/** Starts each watch of the definition when the first object refers to its kind; `onChange` gets the key of a dependant. */
export function watchReferences<T extends ReconcilableObject, Ports>(
  definition: ControllerDefinition<T, Ports>,
  environment: ControllerEnvironment,
  onChange: (key: string, because: string) => void,
): References<T> {
  const { caches, clock } = environment;
  const foreign = definition.foreign && watchForeign(definition.foreign, environment, onChange);
  const dependents = createDependents();
  const watching = new Map<WatchDefinition, Watching>();
  const watch = (wanted: WatchDefinition): Watching => {
    const { kind, matters, leavesCycles, ...options } = wanted;
    const cache = caches.of<T>(kind, options);
    const isRound = (key: string, changed: ObjectRef): boolean =>
      leavesCycles === true && comesBack(changed, key, (ref) => readBy(cache.get(ref.namespace, ref.name), wanted));
    const cancel = cache.subscribe(({ before, after }) => {
      const object = after ?? before;
      // What the first list brings is no change: whoever refers to it waits for it.
      if (!object || !entry.isReady || (matters && !matters(before, after))) return;
      const ref: ObjectRef = { ...refOf(object), group: kind.group, kind: kind.kind };
      for (const key of dependents.of(ref)) if (!isRound(key, ref)) onChange(key, formatObjectName(ref));
    });
    // A watch that was stopped before it was read has nobody left to tell.
    const synced = cache.synced.catch(() => {});
    const ready = Promise.race([synced, delay(clock, firstSyncMs)]).then(() => {
      entry.isReady = true;
    });
    const entry: Watching = { ready, isReady: false, cancel };
    watching.set(wanted, entry);
    return entry;
  };
  const readBy = (object: T | undefined, { kind }: WatchDefinition): ObjectRef[] =>
    object ? definition.references(object).filter((ref) => ref.group === kind.group && ref.kind === kind.kind) : [];
  return {
    read(key, object) {
      const refs = definition.references(object);
      dependents.set(key, refs);
      const unready = definition.watches
        .filter(({ kind }) => refs.some((ref) => ref.group === kind.group && ref.kind === kind.kind))
        .map((wanted) => watching.get(wanted) ?? watch(wanted))
        .filter(({ isReady }) => !isReady)
        .map(({ ready }) => ready);
      const others = foreign?.read(key, object);
      if (others) unready.push(others);
      return unready.length === 0 ? undefined : Promise.all(unready);
    },
    forget(key) {
      dependents.delete(key);
      foreign?.forget(key);
    },
    stop() {
      foreign?.stop();
      for (const { cancel } of watching.values()) cancel();
    },
  };
}
