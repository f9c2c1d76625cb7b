import type { Cancel, Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { reflect, type KindRef, type KubeClient } from "@eddy/kube";
import type { CacheChange, CacheOptions, Caches, KindCache } from "./caches.ts";

/** Options of {@link createCaches}. */
export interface CreateCachesOptions {
  kube: KubeClient;
  clock: Clock;
  logger: Logger;
  /** "" or absent: all namespaces. */
  namespace?: string;
}

/**
 * Caches that list and watch each kind once, on first use. They keep no managed fields, and of `metadataOnly` kinds only
 * what a change is seen by.
 */
export function createCaches(options: CreateCachesOptions): Caches {
  const caches = new Map<string, KindCache & { stop(): void }>();
  const keyOf = (kind: KindRef, cacheOptions: CacheOptions): string =>
    [kind.group, kind.kind, cacheOptions.labelSelector ?? "", cacheOptions.metadataOnly === true].join("|");
  return {
    of<T extends KubeObject>(kind: KindRef, cacheOptions: CacheOptions = {}) {
      const key = keyOf(kind, cacheOptions);
      const cache = caches.get(key) ?? startCache(kind, cacheOptions, options);
      caches.set(key, cache);
      return cache as unknown as KindCache<T>;
    },
    get<T extends KubeObject>(ref: ObjectRef) {
      return caches.get(keyOf(ref, {}))?.get(ref.namespace, ref.name) as T | undefined;
    },
    close() {
      for (const cache of caches.values()) cache.stop();
    },
  };
}

function startCache(
  kind: KindRef,
  cacheOptions: CacheOptions,
  options: CreateCachesOptions,
): KindCache & { stop(): void } {
  const objects = new Map<string, KubeObject>();
  const listeners = new Set<(change: CacheChange) => void>();
  const notify = (change: CacheChange): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        options.logger.log("error", "handle a cache change failed", { kind: kind.kind, error: messageOf(error) });
      }
    }
  };
  const put = (object: KubeObject): void => {
    const key = `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const before = objects.get(key);
    // An own write was observed before the watch brought it, and perhaps an older event after that.
    if (before && before.metadata.uid === object.metadata.uid && !isNewer(object, before)) return;
    objects.set(key, object);
    notify({ before, after: object });
  };
  const remove = (object: KubeObject): void => {
    const key = `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const before = objects.get(key);
    if (!before || (before.metadata.uid !== object.metadata.uid && isNewer(before, object))) return;
    objects.delete(key);
    notify({ before, after: undefined });
  };
  const reflection = reflect<KubeObject>(
    options.kube,
    kind,
    {
      ...cacheOptions,
      ...(options.namespace ? { namespace: options.namespace } : {}),
      transform: cacheOptions.metadataOnly ? identityOnly : withoutManagedFields,
      clock: options.clock,
      log: options.logger,
    },
    (event) => (event.type === "Deleted" ? remove(event.object) : put(event.object)),
  );
  return {
    synced: reflection.synced,
    get: (namespace, name) => objects.get(`${namespace}/${name}`),
    list: () => objects.values(),
    subscribe(listener): Cancel {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    observe(object) {
      // Only what the watch knows: it alone can tell that an object is gone.
      if (objects.has(`${object.metadata.namespace ?? ""}/${object.metadata.name}`)) put(withoutManagedFields(object));
    },
    stop: () => reflection.stop(),
  };
}

// What a change is seen by: watched are all Secrets and ConfigMaps of a cluster.
function identityOnly(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const metadata = {
    name,
    ...(namespace ? { namespace } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  };
  return { apiVersion: object.apiVersion, kind: object.kind, metadata };
}

function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata.managedFields) delete object.metadata.managedFields;
  return object;
}

/** Whether `left` has a later resourceVersion than `right`; both are decimal numbers. Source: KEP-5504. */
export function isNewer(left: KubeObject, right: KubeObject): boolean {
  const a = left.metadata.resourceVersion ?? "";
  const b = right.metadata.resourceVersion ?? "";
  return a.length === b.length ? a > b : a.length > b.length;
}
