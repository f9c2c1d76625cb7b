import type { Cancel, Clock } from "@eddy/core/clock";
import { kustomizeNameLabel } from "@eddy/api";
import { refKey, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { reflect, type KubeClient, type Reflection } from "@eddy/kube";
import type { Caches, KindCache } from "../controller/index.ts";

/** Where the wait sees objects. */
export interface StatusSource {
  /**
   * Calls `listener` with the object as it is now (undefined: not there) as soon as that is known, and on each change.
   * `owned` objects carry an ownership label: they share one watch a kind, definitions excepted, which are large; each
   * other one has a watch of its own.
   */
  follow(ref: ObjectRef, owned: boolean, listener: (object: KubeObject | undefined) => void): Cancel;
}

/**
 * Watches objects of one cluster. With `caches`, owned objects share watches that stay open; `ownerLabel` is the label that
 * they carry, a Kustomization's unless given.
 */
export function createStatusSource(
  kube: KubeClient,
  clock: Clock,
  caches?: Caches,
  ownerLabel: string = kustomizeNameLabel,
): StatusSource {
  const shared = new Map<
    string,
    { cache: KindCache; listeners: Map<string, Set<(object: KubeObject | undefined) => void>> }
  >();
  const share = (
    ref: ObjectRef,
    from: Caches,
  ): { cache: KindCache; listeners: Map<string, Set<(object: KubeObject | undefined) => void>> } => {
    const key = `${ref.group}/${ref.kind}`;
    const known = shared.get(key);
    if (known) return known;
    const cache = from.of({ group: ref.group, kind: ref.kind }, { labelSelector: ownerLabel });
    const listeners = new Map<string, Set<(object: KubeObject | undefined) => void>>();
    cache.subscribe(({ before, after }) => {
      const object = after ?? before;
      if (!object) return;
      const { name, namespace = "" } = object.metadata;
      for (const listener of listeners.get(refKey({ ...ref, name, namespace })) ?? []) listener(after);
    });
    const entry = { cache, listeners };
    shared.set(key, entry);
    return entry;
  };
  const followShared = (ref: ObjectRef, from: Caches, listener: (object: KubeObject | undefined) => void): Cancel => {
    const { cache, listeners } = share(ref, from);
    const key = refKey(ref);
    listeners.set(key, (listeners.get(key) ?? new Set()).add(listener));
    cache.synced.then(
      () => listener(cache.get(ref.namespace, ref.name)),
      () => undefined,
    );
    return () => {
      listeners.get(key)?.delete(listener);
      if (listeners.get(key)?.size === 0) listeners.delete(key);
    };
  };
  const followAlone = (ref: ObjectRef, listener: (object: KubeObject | undefined) => void): Cancel => {
    const reflection: Reflection<KubeObject> = reflect<KubeObject>(
      kube,
      { group: ref.group, kind: ref.kind },
      { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}`, clock },
      (event) => listener(event.type === "Deleted" ? undefined : event.object),
    );
    reflection.synced.then(
      () => listener(reflection.store.get(ref.namespace, ref.name)),
      () => undefined,
    );
    return () => reflection.stop();
  };
  return {
    follow: (ref, owned, listener) =>
      owned && caches && ref.kind !== "CustomResourceDefinition"
        ? followShared(ref, caches, listener)
        : followAlone(ref, listener),
  };
}
