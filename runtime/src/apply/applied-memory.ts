import { sha256 } from "@eddy/core/digest";
import { refKey, type KubeObject, type ObjectMeta, type ObjectRef } from "@eddy/core/object";
import { controlsOf, type Owner } from "./control-metadata.ts";
import { fingerprintOf, ownedKeysOf, type OwnedKeys } from "./fingerprint.ts";
import { needsTakeover, type TakeoverOptions } from "./foreign-managers.ts";

/**
 * What managers that are to be taken over held of an object when it was remembered: nothing; fields that `ssa: Merge` leaves to them;
 * or fields that the next pass is to take over, for they came while it was written.
 */
export type ForeignFields = "None" | "Left" | "Pending";

/** What the engine knows of an object that it applied or found as wanted. */
export interface AppliedRecord {
  ref: ObjectRef;
  owner: Owner;
  /** Hash of what was wanted, and of the rules by which. */
  desiredHash: string;
  uid: string;
  resourceVersion: string;
  fingerprint: string;
  owned: OwnedKeys;
  foreign: ForeignFields;
  /** Fields of what was wanted that the server did not know. */
  unknownFields: readonly string[];
}

/**
 * Proof that there is nothing to do: what was wanted and how the cluster answered. Lost with the process, at the price
 * of one dry-run an object. One memory for each cluster.
 */
export interface AppliedMemory {
  get(ref: ObjectRef): AppliedRecord | undefined;
  /** `live` is the server's answer to the apply, or what a dry-run proved equal to it. */
  remember(
    live: KubeObject,
    desired: { owner: Owner; hash: string; object: KubeObject; unknownFields?: readonly string[] },
  ): void;
  /** The same object with newer bookkeeping (status, other people's metadata). */
  touch(record: AppliedRecord, metadata: ObjectMeta): void;
  /** The next pass is to ask the cluster, to see whether what is remembered is true. */
  doubt(record: AppliedRecord): void;
  /** Whether the record was doubted; from here on it is not. */
  takeDoubt(record: AppliedRecord): boolean;
  forget(ref: ObjectRef): void;
  forgetAll(): void;
  /** Between these two, what the watch says of the object is the echo of an own write. */
  beginWrite(ref: ObjectRef): void;
  endWrite(ref: ObjectRef): void;
  isWriting(ref: ObjectRef): boolean;
  /** Resolves when no write to the object is under way. */
  written(ref: ObjectRef): Promise<void>;
  fingerprint(metadata: ObjectMeta, owned: OwnedKeys): string;
  readonly size: number;
}

/** An empty memory; `takeover` says which managers are foreign. */
export function createAppliedMemory(takeover: TakeoverOptions): AppliedMemory {
  const records = new Map<string, AppliedRecord>();
  const doubted = new WeakSet<AppliedRecord>();
  const writing = new Map<string, { count: number; done: PromiseWithResolvers<void> }>();
  const fingerprint = (metadata: ObjectMeta, owned: OwnedKeys): string => fingerprintOf(metadata, owned, takeover);
  return {
    get: (ref) => records.get(refKey(ref)),
    remember(live, { owner, hash, object, unknownFields = [] }) {
      const { uid, resourceVersion, name, namespace = "" } = live.metadata;
      if (uid === undefined || resourceVersion === undefined) return;
      const owned = ownedKeysOf(object);
      const slash = object.apiVersion.indexOf("/");
      const ref = { group: slash < 0 ? "" : object.apiVersion.slice(0, slash), kind: object.kind, namespace, name };
      const record = {
        ref,
        owner,
        desiredHash: hash,
        uid,
        resourceVersion,
        owned,
        fingerprint: fingerprint(live.metadata, owned),
        unknownFields,
        foreign: determineForeignFields(live.metadata, object.metadata, takeover),
      };
      records.set(refKey(ref), record);
    },
    touch(record, metadata) {
      record.resourceVersion = metadata.resourceVersion ?? record.resourceVersion;
    },
    doubt: (record) => void doubted.add(record),
    takeDoubt: (record) => doubted.delete(record),
    forget: (ref) => void records.delete(refKey(ref)),
    forgetAll: () => records.clear(),
    beginWrite(ref) {
      const key = refKey(ref);
      const entry = writing.get(key) ?? { count: 0, done: Promise.withResolvers<void>() };
      entry.count++;
      writing.set(key, entry);
    },
    endWrite(ref) {
      const key = refKey(ref);
      const entry = writing.get(key);
      if (!entry || --entry.count > 0) return;
      writing.delete(key);
      entry.done.resolve();
    },
    isWriting: (ref) => writing.has(refKey(ref)),
    written: (ref) => writing.get(refKey(ref))?.done.promise ?? Promise.resolve(),
    fingerprint,
    get size() {
      return records.size;
    },
  };
}

function determineForeignFields(live: ObjectMeta, desired: ObjectMeta, takeover: TakeoverOptions): ForeignFields {
  if (!needsTakeover(live, takeover)) return "None";
  return controlsOf(desired).merge || controlsOf(live).merge ? "Left" : "Pending";
}

/** Hash of a wanted object together with the rules that decide how it is applied. */
export function hashDesired(object: KubeObject, rules: unknown): string {
  return sha256(`${JSON.stringify(object, bigintAsText)}\n${JSON.stringify(rules)}`);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
