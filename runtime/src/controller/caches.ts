import type { Cancel } from "@eddy/core/clock";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import type { KindRef } from "@eddy/kube";

/** A change of one cached object: `before` is absent for a new one, `after` for one that is gone. */
export interface CacheChange<T extends KubeObject = KubeObject> {
  before: T | undefined;
  after: T | undefined;
}

/** Which objects of a kind a cache holds. */
export interface CacheOptions {
  metadataOnly?: boolean;
  labelSelector?: string;
}

/** All objects of one kind, kept true by list and watch; shared by every controller that needs the kind. */
export interface KindCache<T extends KubeObject = KubeObject> {
  /** Resolves when the first list has been read. */
  readonly synced: Promise<void>;
  get(namespace: string, name: string): T | undefined;
  list(): Iterable<T>;
  subscribe(listener: (change: CacheChange<T>) => void): Cancel;
  /** Takes the answer to an own write at once, before the watch brings it; an older version than the known one is dropped. */
  observe(object: T): void;
}

/** Caches by kind, started on first use. */
export interface Caches {
  of<T extends KubeObject = KubeObject>(kind: KindRef, options?: CacheOptions): KindCache<T>;
  /** The cached object, or undefined when there is none or the kind has no cache. */
  get<T extends KubeObject = KubeObject>(ref: ObjectRef): T | undefined;
  close(): void;
}
