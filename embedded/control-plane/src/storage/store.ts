/**
 * Every object of one control plane, in memory: maps with sorted keys, one counter as resourceVersion, and a bounded
 * history per resource from which watches resume. One process, one writer, every write synchronous: linearizable.
 *
 * Objects are never changed once stored. What is written is handed to a {@link Journal}, if there is one.
 */
import type { Cancel } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";

/** One stored object. `key` is `<namespace>/<name>`, or `<name>` when cluster-scoped. */
export interface Entry {
  readonly key: string;
  readonly object: KubeObject;
  readonly rv: number;
}

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** `<group>/<resource>`. */
  readonly collection: string;
  readonly rv: number;
  readonly key: string;
  /** For DELETED: the last state with the new resourceVersion. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/** Where changes are made durable. */
export interface Journal {
  append(change: Change): void;
  /** Resolves when everything appended so far is on disk. */
  durable(): Promise<void>;
}

/** One page of a listing that later pages continue from unchanged. */
export interface Snapshot {
  readonly rv: number;
  readonly entries: readonly Entry[];
}

/** The objects of one resource. */
export class Collection {
  readonly name: string;
  readonly entries: Map<string, Entry> = new Map();
  readonly listeners: Set<(change: Change) => void> = new Set();
  /** Changes newer than `forgottenRv`, oldest first. */
  history: Change[] = [];
  /** The newest resourceVersion that can no longer be resumed from is one below this. */
  forgottenRv: number;
  private sortedKeys: string[] = [];

  constructor(name: string, forgottenRv: number) {
    this.name = name;
    this.forgottenRv = forgottenRv;
  }

  /** Keys in byte order, as etcd lists them. */
  keys(): readonly string[] {
    return this.sortedKeys;
  }

  /** Entries in key order whose key starts with the prefix ("" for all). */
  list(prefix: string = ""): Entry[] {
    const found: Entry[] = [];
    for (let at = prefix === "" ? 0 : positionOf(this.sortedKeys, prefix); at < this.sortedKeys.length; at++) {
      const key = this.sortedKeys[at] ?? "";
      if (!key.startsWith(prefix)) break;
      const entry = this.entries.get(key);
      if (entry) found.push(entry);
    }
    return found;
  }

  set(entry: Entry): void {
    if (!this.entries.has(entry.key)) this.sortedKeys.splice(positionOf(this.sortedKeys, entry.key), 0, entry.key);
    this.entries.set(entry.key, entry);
  }

  remove(key: string): void {
    if (!this.entries.delete(key)) return;
    this.sortedKeys.splice(positionOf(this.sortedKeys, key), 1);
  }

  /** Adds many at once, as on load: sorts once. */
  load(entries: Iterable<Entry>): void {
    for (const entry of entries) this.entries.set(entry.key, entry);
    this.sortedKeys = [...this.entries.keys()].sort();
  }

  remember(change: Change, limit: number): void {
    this.history.push(change);
    // Halved in one go, so that the cost of shifting is paid once in many writes.
    if (this.history.length <= limit * 2) return;
    const dropped = this.history.splice(0, this.history.length - limit);
    this.forgottenRv = dropped.at(-1)?.rv ?? this.forgottenRv;
  }
}

/** Index of the first key that is not smaller. */
function positionOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface StoreOptions {
  /** Changes kept per resource for watches that resume. Default 1,000. */
  historyLimit?: number;
  journal?: Journal;
}

/** The store of one control plane. */
export class Store {
  private readonly collections: Map<string, Collection> = new Map();
  private readonly listeners: Set<(change: Change) => void> = new Set();
  private readonly historyLimit: number;
  journal: Journal | undefined;
  private counter: number = 1;
  private startRv: number = 1;

  constructor(options: StoreOptions = {}) {
    this.historyLimit = options.historyLimit ?? 1_000;
    this.journal = options.journal;
  }

  /** The newest resourceVersion. */
  get rv(): number {
    return this.counter;
  }

  collection(name: string): Collection {
    let collection = this.collections.get(name);
    if (!collection) {
      collection = new Collection(name, this.startRv - 1);
      this.collections.set(name, collection);
    }
    return collection;
  }

  collectionNames(): string[] {
    return [...this.collections.keys()];
  }

  get(collection: string, key: string): Entry | undefined {
    return this.collections.get(collection)?.entries.get(key);
  }

  /** Stores the object under the next resourceVersion, which it writes into its metadata: give a fresh object. */
  put(collectionName: string, key: string, object: KubeObject): Entry {
    const collection = this.collection(collectionName);
    const previous = collection.entries.get(key)?.object;
    const rv = ++this.counter;
    object.metadata.resourceVersion = String(rv);
    const entry: Entry = { key, object, rv };
    collection.set(entry);
    this.commit(collection, {
      type: previous ? "MODIFIED" : "ADDED",
      collection: collectionName,
      rv,
      key,
      object,
      previous,
    });
    return entry;
  }

  /** Removes the object; its last state gets the next resourceVersion. */
  remove(collectionName: string, key: string): KubeObject | undefined {
    const collection = this.collection(collectionName);
    const previous = collection.entries.get(key)?.object;
    if (!previous) return undefined;
    const rv = ++this.counter;
    const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(rv) } };
    collection.remove(key);
    this.commit(collection, { type: "DELETED", collection: collectionName, rv, key, object, previous });
    return object;
  }

  private commit(collection: Collection, change: Change): void {
    collection.remember(change, this.historyLimit);
    this.journal?.append(change);
    for (const listener of collection.listeners) listener(change);
    for (const listener of this.listeners) listener(change);
  }

  /** Every later change, told before the writing call returns. */
  onChange(listener: (change: Change) => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Fills an empty store with what was read from disk. Watches from before `rv` cannot be resumed. */
  restore(collections: ReadonlyMap<string, readonly Entry[]>, rv: number): void {
    this.counter = Math.max(this.counter, rv);
    this.startRv = this.counter;
    for (const [name, entries] of collections) this.collection(name).load(entries);
  }

  /** Resolves when every write so far is durable; at once without a journal. */
  durable(): Promise<void> | undefined {
    return this.journal?.durable();
  }
}
