import { compareText } from "@eddy/core/json";
import { applyDelta } from "./delta.ts";
import type { ObjectCache } from "./object-cache.ts";
import { GitError } from "./errors.ts";
import { objectId, parseTree, type GitObject, type ObjectType, type TreeEntry } from "./object.ts";
import type { PackBytes } from "./pack-bytes.ts";
import { inflateEntry, readEntryHead, type EntryHead } from "./pack-entry.ts";
import type { PackIndex } from "./pack-index.ts";

/** A pack and where its objects are. An untrusted one was on disk: its objects are proven again when read. */
export interface Pack {
  readonly bytes: PackBytes;
  readonly index: PackIndex;
  readonly trusted: boolean;
}

/** A tree's entries, by name, and their names in order of code points. */
export interface ParsedTree {
  readonly entries: readonly TreeEntry[];
  readonly byName: ReadonlyMap<string, TreeEntry>;
  readonly names: readonly string[];
}

/** The objects of one repository, in packs; inflated ones are kept at hand up to a bound. */
export interface ObjectStore {
  has(oid: string): boolean;
  /** The object, or undefined when no pack has it. */
  read(oid: string): GitObject | undefined;
  /** The object of this type. @throws GitError `protocol` when it is missing or of another type. */
  require(oid: string, type: ObjectType): Buffer;
  /** A parsed tree; parsed once while it is at hand. */
  tree(oid: string): ParsedTree;
  /** Keeps an object at hand that was just seen. */
  remember(oid: string, object: GitObject): void;
  add(pack: Pack): void;
  /** Bytes of all packs. */
  size(): number;
  packs(): readonly Pack[];
}

const maxParsedTrees = 20_000;
const maxRememberedBytes = 1024 * 1024;
const maxChain = 10_000;

let stores = 0;

/** An empty store that keeps inflated objects in `cache`, which other stores may share. */
export function createObjectStore(options: { cache: ObjectCache; maxObjectBytes: number }): ObjectStore {
  // Not by id alone: whoever can make two objects with one id must not reach another repository's.
  const prefix = `${stores++} `;
  const packs: Pack[] = [];
  const parsed = new Map<string, ParsedTree>();

  const locate = (oid: string): { pack: Pack; offset: number } | undefined => {
    // The newest pack first: what is asked for most is what has just come.
    for (let number = packs.length - 1; number >= 0; number--) {
      const pack = packs[number];
      const offset = pack?.index.find(oid);
      if (pack && offset !== undefined) return { pack, offset };
    }
    return undefined;
  };

  const read = (oid: string): GitObject | undefined => {
    const known = options.cache.get(prefix + oid);
    if (known) return known;
    const place = locate(oid);
    if (!place) return undefined;
    const object = readAt(place.pack, place.offset, options.maxObjectBytes, readBase);
    if (!place.pack.trusted && objectId(object.type, object.data) !== oid)
      throw new GitError("protocol", `read object ${oid}: the cached pack is damaged`);
    remember(oid, object);
    return object;
  };
  const readBase = (oid: string): GitObject => {
    const base = read(oid);
    if (!base) throw new GitError("protocol", `read pack: the base ${oid} of a delta is missing`);
    return base;
  };
  const remember = (oid: string, object: GitObject): void => {
    if (object.data.length <= maxRememberedBytes) options.cache.set(prefix + oid, object);
  };

  const store: ObjectStore = {
    has: (oid) => locate(oid) !== undefined,
    read,
    remember,
    require(oid, type) {
      const object = read(oid);
      if (object?.type !== type)
        throw new GitError(
          "protocol",
          `read ${type} ${oid}: ${object ? `it is a ${object.type}` : "object not found"}`,
        );
      return object.data;
    },
    tree(oid) {
      const known = parsed.get(oid);
      if (known) return known;
      const entries = parseTree(oid, store.require(oid, "tree"));
      if (parsed.size >= maxParsedTrees) parsed.delete(parsed.keys().next().value ?? "");
      const names = entries.map(({ name }) => name).sort(compareText);
      const tree = { entries, names, byName: new Map(entries.map((entry) => [entry.name, entry])) };
      parsed.set(oid, tree);
      return tree;
    },
    add: (pack) => void packs.push(pack),
    size: () => packs.reduce((sum, pack) => sum + pack.bytes.length, 0),
    packs: () => packs,
  };
  return store;
}

/** Reads one entry, following its deltas to the base; at most `maxChain` of them. */
function readAt(pack: Pack, offset: number, maxBytes: number, readBase: (oid: string) => GitObject): GitObject {
  const deltas: EntryHead[] = [];
  let head = readEntryHead(pack.bytes, offset);
  while (head.baseOffset !== undefined) {
    if (deltas.push(head) > maxChain) throw new GitError("limit", `read pack: a chain of more than ${maxChain} deltas`);
    head = readEntryHead(pack.bytes, head.baseOffset);
  }
  let object: GitObject;
  if (head.baseOid === undefined) {
    object = { type: head.type as ObjectType, data: inflateEntry(pack.bytes, head, maxBytes).data };
  } else {
    deltas.push(head);
    object = readBase(head.baseOid);
  }
  for (const delta of deltas.reverse()) {
    object = {
      type: object.type,
      data: applyDelta(object.data, inflateEntry(pack.bytes, delta, maxBytes).data, maxBytes),
    };
  }
  return object;
}
