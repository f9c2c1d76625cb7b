import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { applyDelta } from "./delta.ts";
import { GitError } from "./errors.ts";
import { objectId, type GitObject, type ObjectType } from "./object.ts";
import type { PackBytes } from "./pack-bytes.ts";
import { inflateEntry, readEntryHead, type EntryHead } from "./pack-entry.ts";

/** Bounds of one pack. */
export interface PackLimits {
  maxObjects: number;
  maxObjectBytes: number;
}

/** One object found in a pack. */
export interface PackedObject {
  readonly oid: string;
  readonly offset: number;
}

interface Entry {
  readonly offset: number;
  readonly head: EntryHead;
}

/** Options of {@link buildPackIndex}. */
export interface BuildPackIndexOptions {
  limits: PackLimits;
  /** Reads an object outside the pack: the base of a thin pack's delta. */
  readBase: (oid: string) => GitObject | undefined;
  /** Told of every object while it is at hand. */
  onObject?: (oid: string, object: GitObject) => void;
  signal?: AbortSignal;
}

/**
 * Finds and proves every object of a pack: checksum of the whole, sizes, deltas, ids. Gives other work a turn every few
 * milliseconds.
 * @throws GitError `protocol` for a pack that is damaged or lacks a delta's base, `limit` when it is too large.
 */
export async function buildPackIndex(pack: PackBytes, options: BuildPackIndexOptions): Promise<PackedObject[]> {
  const count = readHead(pack, options.limits);
  await checkSum(pack);
  const pause = createPause(options.signal);
  const found: PackedObject[] = [];
  const record = (offset: number, type: ObjectType, data: Buffer): string => {
    const oid = objectId(type, data);
    found.push({ oid, offset });
    options.onObject?.(oid, { type, data });
    return oid;
  };
  const plain = new Map<number, { entry: Entry; oid: string; type: ObjectType }>();
  const waiting = createWaitingList();
  let offset = 12;
  for (let number = 0; number < count; number++) {
    await pause();
    const entry = { offset, head: readEntryHead(pack, offset) };
    const { data, consumed } = inflateEntry(pack, entry.head, options.limits.maxObjectBytes);
    if (isDelta(entry.head)) waiting.add(entry);
    else
      plain.set(offset, {
        entry,
        type: entry.head.type as ObjectType,
        oid: record(offset, entry.head.type as ObjectType, data),
      });
    offset = entry.head.dataOffset + consumed;
  }
  if (offset !== pack.length - 20)
    throw new GitError("protocol", `read pack: ${pack.length - 20 - offset} bytes after the last entry`);

  const inflate = (entry: Entry): Buffer => inflateEntry(pack, entry.head, options.limits.maxObjectBytes).data;
  for (const { entry, oid, type } of plain.values()) {
    const children = waiting.take(entry.offset, oid);
    if (children.length > 0) await resolveDeltas(children, { type, data: inflate(entry) });
  }
  for (const oid of waiting.missingBases()) {
    const base = options.readBase(oid);
    if (!base) throw new GitError("protocol", `read pack: the base ${oid} of a delta is missing`);
    await resolveDeltas(waiting.take(undefined, oid), base);
  }
  if (waiting.size() > 0) throw new GitError("protocol", `read pack: ${waiting.size()} deltas have no base`);
  return found;

  async function resolveDeltas(first: readonly Entry[], base: GitObject): Promise<void> {
    // Depth first with a stack of one's own: a chain may be thousands long, and only one path of it is held.
    const stack = first.map((entry) => ({ entry, base }));
    for (let next = stack.pop(); next; next = stack.pop()) {
      await pause();
      const data = applyDelta(next.base.data, inflate(next.entry), options.limits.maxObjectBytes);
      const oid = record(next.entry.offset, next.base.type, data);
      const object = { type: next.base.type, data };
      for (const entry of waiting.take(next.entry.offset, oid)) stack.push({ entry, base: object });
    }
  }
}

function readHead(pack: PackBytes, limits: PackLimits): number {
  const head = pack.read(0, 12);
  if (head.length < 12 || pack.length < 32 || head.toString("latin1", 0, 4) !== "PACK" || head.readUInt32BE(4) !== 2) {
    throw new GitError("protocol", "read pack: not a pack of version 2");
  }
  const count = head.readUInt32BE(8);
  if (count > limits.maxObjects)
    throw new GitError("limit", `read pack: ${count} objects, at most ${limits.maxObjects} are allowed`);
  return count;
}

async function checkSum(pack: PackBytes): Promise<void> {
  const hash = createHash("sha1");
  const step = 4 * 1024 * 1024;
  for (let offset = 0; offset < pack.length - 20; offset += step) {
    hash.update(pack.read(offset, Math.min(step, pack.length - 20 - offset)));
    if (offset > 0) await nextTurn();
  }
  if (!hash.digest().equals(pack.read(pack.length - 20, 20)))
    throw new GitError("protocol", "read pack: its checksum does not match");
}

function isDelta(head: EntryHead): boolean {
  return head.type === "offset-delta" || head.type === "ref-delta";
}

/** Deltas whose base has not been seen yet, by where or what the base is. */
function createWaitingList(): {
  add(entry: Entry): void;
  take(offset: number | undefined, oid: string): Entry[];
  missingBases(): Iterable<string>;
  size(): number;
} {
  const byOffset = new Map<number, Entry[]>();
  const byOid = new Map<string, Entry[]>();
  let size = 0;
  const append = <K>(map: Map<K, Entry[]>, key: K, entry: Entry): void => {
    const list = map.get(key);
    if (list) list.push(entry);
    else map.set(key, [entry]);
  };
  return {
    add(entry) {
      size++;
      if (entry.head.baseOffset === undefined) append(byOid, entry.head.baseOid ?? "", entry);
      else append(byOffset, entry.head.baseOffset, entry);
    },
    take(offset, oid) {
      const taken = [...(offset === undefined ? [] : (byOffset.get(offset) ?? [])), ...(byOid.get(oid) ?? [])];
      if (offset !== undefined) byOffset.delete(offset);
      byOid.delete(oid);
      size -= taken.length;
      return taken;
    },
    missingBases: function* () {
      for (const oid of byOid.keys()) yield oid;
    },
    size: () => size,
  };
}

/** Gives other work a turn when this one has taken 8 ms. */
function createPause(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  let since = performance.now();
  let calls = 0;
  return () => {
    if (++calls % 32 !== 0 || performance.now() - since < 8) return undefined;
    signal?.throwIfAborted();
    return nextTurn().then(() => void (since = performance.now()));
  };
}
