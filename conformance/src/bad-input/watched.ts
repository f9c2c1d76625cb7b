import { systemClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { reflect, type KubeClient, type ReflectEvent } from "@eddy/kube";

const defaultPatienceMs = 18_000;

/** All objects of a kind, followed by a watch that no fault touches. */
export interface Watched<T extends KubeObject> {
  readonly synced: Promise<void>;
  get(namespace: string, name: string): T | undefined;
  values(namespace: string): T[];
  /** Every change that was seen of an object, in order. */
  changes(namespace: string, name: string): readonly ReflectEvent<T>[];
  /** The object once `accept` takes it; rejects with what it is instead when that takes too long. */
  until(namespace: string, name: string, accept: (object: T | undefined) => boolean): Promise<T>;
  /** Any object of the namespace that `accept` takes. */
  untilAny(namespace: string, what: string, accept: (object: T) => boolean): Promise<T>;
  stop(): void;
}

/** Follows a kind in all namespaces. */
export function watchKind<T extends KubeObject>(
  kube: KubeClient,
  kind: { group: string; kind: string },
  patienceMs: number = defaultPatienceMs,
): Watched<T> {
  const log = new Map<string, ReflectEvent<T>[]>();
  const waiting = new Set<() => void>();
  const reflection = reflect<T>(kube, kind, {}, (event) => {
    const { namespace = "", name } = event.object.metadata;
    const key = `${namespace}/${name}`;
    log.set(key, [...(log.get(key) ?? []), event]);
    // The store is changed before its handlers are told.
    for (const look of waiting) look();
  });
  const wait = <R>(look: () => R | undefined, tell: () => string): Promise<R> =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        cancel();
        waiting.delete(check);
      };
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        finish();
        resolve(found);
      };
      const cancel = systemClock.after(patienceMs, () => {
        finish();
        reject(new Error(tell()));
      });
      waiting.add(check);
      check();
    });
  const inNamespace = (namespace: string): T[] =>
    [...reflection.store.values()].filter(({ metadata }) => metadata.namespace === namespace);
  return {
    synced: reflection.synced,
    get: (namespace, name) => reflection.store.get(namespace, name),
    values: inNamespace,
    changes: (namespace, name) => log.get(`${namespace}/${name}`) ?? [],
    async until(namespace, name, accept) {
      const found = await wait(
        () => {
          const object = reflection.store.get(namespace, name);
          return accept(object) ? { object } : undefined;
        },
        () => `wait for ${kind.kind} ${namespace}/${name}: it is ${brief(reflection.store.get(namespace, name))}`,
      );
      return found.object as T;
    },
    untilAny: (namespace, what, accept) =>
      wait(
        () => inNamespace(namespace).find(accept),
        () => `wait for ${what}: ${kind.kind}s of ${namespace} are ${inNamespace(namespace).map(brief).join("\n")}`,
      ),
    stop: () => reflection.stop(),
  };
}

function brief(object: KubeObject | undefined): string {
  if (!object) return "not there";
  const { metadata, status, data, message } = object as KubeObject & Record<string, unknown>;
  return JSON.stringify({ name: metadata.name, status, data, message }, null, 1).slice(0, 4_000);
}
