import { EddyError } from "@eddy/core/errors";
import type { ReflectEvent, ReflectOptions, ReflectStore } from "./reflection.ts";

/** A store with its way in: every change gives the event that tells of it. */
export interface WritableStore<T> extends ReflectStore<T> {
  /** Keeps an object; undefined when the same version is kept already. */
  put(key: string, resourceVersion: string, object: T): ReflectEvent<T> | undefined;
  /** Undefined when it was not kept. */
  remove(key: string, last?: T): ReflectEvent<T> | undefined;
  keys(): IterableIterator<string>;
}

/** Key of an object in a store. */
export function storeKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

interface Entry<T> {
  object: T;
  resourceVersion: string;
}

/** An empty store. */
export function createStore<T>(indexes: NonNullable<ReflectOptions<T>["indexes"]> = {}): WritableStore<T> {
  const entries = new Map<string, Entry<T>>();
  const tables = new Map(
    Object.entries(indexes).map(([name, keysOf]) => [name, { keysOf, byKey: new Map<string, Set<T>>() }]),
  );

  const index = (object: T): void => {
    for (const { keysOf, byKey } of tables.values()) {
      for (const key of keysOf(object)) {
        const objects = byKey.get(key);
        if (objects) objects.add(object);
        else byKey.set(key, new Set([object]));
      }
    }
  };
  const unindex = (object: T): void => {
    for (const { keysOf, byKey } of tables.values()) {
      for (const key of keysOf(object)) {
        const objects = byKey.get(key);
        objects?.delete(object);
        if (objects?.size === 0) byKey.delete(key);
      }
    }
  };

  return {
    get size() {
      return entries.size;
    },
    get: (namespace, name) => entries.get(storeKey(namespace, name))?.object,
    *values() {
      for (const { object } of entries.values()) yield object;
    },
    keys: () => entries.keys(),
    by(name, key) {
      const table = tables.get(name);
      if (!table)
        throw new EddyError("UNKNOWN_INDEX", `look up by ${JSON.stringify(name)}: the store has no such index`, {
          class: "terminal",
        });
      return [...(table.byKey.get(key) ?? [])];
    },
    put(key, resourceVersion, object) {
      const previous = entries.get(key);
      if (previous && previous.resourceVersion === resourceVersion && resourceVersion !== "") return undefined;
      if (previous) unindex(previous.object);
      entries.set(key, { object, resourceVersion });
      index(object);
      return previous ? { type: "Updated", object, old: previous.object } : { type: "Added", object };
    },
    remove(key, last) {
      const previous = entries.get(key);
      if (!previous) return undefined;
      entries.delete(key);
      unindex(previous.object);
      return { type: "Deleted", object: last ?? previous.object };
    },
  };
}
