import type { KubeObject } from "@eddy/core/object";
import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";

/** Why a reflector waits before it asks again. */
export type WaitReason = "Unreachable" | "Refused" | "Forbidden" | "NoKindMatch";

/**
 * What a reflector is doing:
 * `Listing`: reading the whole collection (also again, after `410 Expired`);
 * `Watching`: the store follows the server from `resourceVersion` on;
 * `Waiting`: the last request failed with `error`; the store keeps what it has until `untilMs`, then `then` follows;
 * `Stopped`: nothing more happens.
 */
export type ReflectState =
  | { name: "Listing"; attempt: number; streamed: boolean }
  | { name: "Watching"; resourceVersion: string; attempt: number }
  | {
      name: "Waiting";
      reason: WaitReason;
      error: Error;
      untilMs: number;
      attempt: number;
      resourceVersion: string | undefined;
    }
  | { name: "Stopped" };

/** A change of the store, after it was made. `old` is what stood there before. */
export type ReflectEvent<T> =
  | { type: "Added"; object: T }
  | { type: "Updated"; object: T; old: T }
  | { type: "Deleted"; object: T };

/** Called synchronously, in order, once for each change; a throw is logged and does not stop the reflector. */
export type ReflectHandler<T> = (event: ReflectEvent<T>) => void;

/** Objects of one kind by namespace and name, as last seen. Objects are shared: do not change them. */
export interface ReflectStore<T> {
  readonly size: number;
  /** `namespace` is "" for cluster-scoped objects. */
  get(namespace: string, name: string): T | undefined;
  values(): IterableIterator<T>;
  /** Objects for which the named index gave this key. Throws for an index that was not declared. */
  by(index: string, key: string): readonly T[];
}

/** What to reflect and how. */
export interface ReflectOptions<T> {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  metadataOnly?: boolean;
  /** Reduces each object before it is kept, so that the store holds only what is needed. */
  transform?: (object: KubeObject) => T;
  /** Named indexes: each gives the keys under which an object is found by `store.by`. */
  indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  /** `stream` asks for a streamed initial list and falls back to `list` where the server refuses; default `stream`. */
  initialList?: "stream" | "list";
  /** A watch that brings neither event nor bookmark for this long is opened again; default 150,000. */
  idleMs?: number;
  clock?: Clock;
  log?: Logger;
  /** Between 0 and 1; default `Math.random`. */
  random?: () => number;
  onState?: (state: ReflectState) => void;
}

/** A running reflector. */
export interface Reflection<T> {
  readonly store: ReflectStore<T>;
  readonly state: ReflectState;
  /** Resolves when the store first holds a whole list; rejects when stopped before. */
  readonly synced: Promise<void>;
  /** Whether the store has ever held a whole list. */
  readonly isSynced: boolean;
  stop(): void;
}
