import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createObjectCache } from "./object-cache.ts";
import { createObjectStore, type ObjectStore, type Pack } from "./object-store.ts";
import { fileBytes, type PackBytes } from "./pack-bytes.ts";
import { decodePackIndex } from "./pack-index.ts";
import type { SubmoduleEntry } from "./git-tree.ts";

/**
 * What is known of one repository, shared by the remotes that reach it under one URL as the same person and in the same way: objects
 * are handed out without the server being asked again.
 */
export interface RepositoryCache {
  objects(): ObjectStore;
  /** Trees that were looked through, and the submodules below them. */
  proven(): Map<string, readonly SubmoduleEntry[]>;
  /** Commits whose trees are whole here, newest last: what a server is told that we have. */
  commits(): readonly string[];
  addCommit(sha: string): void;
  /** Adds a pack, and keeps it on disk where there is a cache folder. */
  addPack(pack: Pack): void;
  /** Starts afresh when packs have grown beyond a few times the first one. Not between naming `commits` and adding their pack. */
  trim(): void;
  /** Forgets everything: what comes next is fetched anew. Trees that were handed out stay readable. */
  reset(): void;
}

/** Bounds of a cache. */
export interface RepositoryCacheOptions {
  cacheDir: string | undefined;
  /** An own bound on inflated objects; default: the one that all repositories share. */
  cacheBytes: number | undefined;
  maxObjectBytes: number;
}

const maxCommits = 8;
const maxPacks = 200;
/** One bound for the process, however many repositories it follows. */
const sharedObjects = createObjectCache(32 * 1024 * 1024);
const copyStep = 4 * 1024 * 1024;
const minResetBytes = 64 * 1024 * 1024;
const shared = new Map<string, WeakRef<RepositoryCache>>();

/** The cache of a repository as one may read it; the same while anybody holds it. */
export function repositoryCache(access: string, options: RepositoryCacheOptions): RepositoryCache {
  const key = `${options.cacheDir ?? ""}\0${access}`;
  const known = shared.get(key)?.deref();
  if (known) return known;
  const cache = createRepositoryCache(access, options);
  for (const [other, reference] of shared) if (!reference.deref()) shared.delete(other);
  shared.set(key, new WeakRef(cache));
  return cache;
}

function createRepositoryCache(access: string, options: RepositoryCacheOptions): RepositoryCache {
  const folder =
    options.cacheDir === undefined
      ? undefined
      : join(options.cacheDir, createHash("sha256").update(access).digest("hex").slice(0, 32));
  const { maxObjectBytes } = options;
  const inflated = options.cacheBytes === undefined ? sharedObjects : createObjectCache(options.cacheBytes);
  let objects = createObjectStore({ cache: inflated, maxObjectBytes });
  let proven = new Map<string, readonly SubmoduleEntry[]>();
  let commits: string[] = [];
  let firstBytes = 0;

  const cache: RepositoryCache = {
    objects: () => objects,
    proven: () => proven,
    commits: () => commits,
    addCommit(sha) {
      commits = [...commits.filter((known) => known !== sha), sha].slice(-maxCommits);
      if (folder) persist(() => writeFileSync(join(folder, "commits"), commits.join("\n")));
    },
    addPack(pack) {
      if (objects.packs().length === 0) firstBytes = pack.bytes.length;
      objects.add(pack);
      if (folder) persist(() => savePack(folder, pack, objects.packs().length));
    },
    trim() {
      // Nothing is ever removed from a pack, so the store only grows: a fresh start is smaller.
      if (objects.packs().length >= maxPacks || objects.size() > Math.max(minResetBytes, 4 * firstBytes)) cache.reset();
    },
    reset() {
      objects = createObjectStore({ cache: inflated, maxObjectBytes });
      proven = new Map();
      commits = [];
      if (folder) persist(() => rmSync(folder, { recursive: true, force: true }));
    },
  };
  if (folder) {
    const loaded = loadFolder(folder);
    for (const pack of loaded.packs) objects.add(pack);
    commits = loaded.packs.length > 0 ? loaded.commits : [];
    firstBytes = loaded.packs[0]?.bytes.length ?? 0;
  }
  return cache;
}

/** The disk is a convenience: when it refuses, memory is enough. */
function persist(action: () => void): void {
  try {
    action();
  } catch {
    // Nothing is lost but time after a restart.
  }
}

function savePack(folder: string, pack: Pack, number: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const base = join(folder, `pack-${String(number).padStart(6, "0")}`);
  copyBytes(pack.bytes, `${base}.part`);
  renameSync(`${base}.part`, `${base}.pack`);
  // The index comes last: a pack without one does not count.
  writeFileSync(`${base}.part`, pack.index.encode(), { mode: 0o600 });
  renameSync(`${base}.part`, `${base}.index`);
}

function copyBytes(bytes: PackBytes, path: string): void {
  const descriptor = openSync(path, "w", 0o600);
  try {
    for (let at = 0; at < bytes.length; at += copyStep)
      writeSync(descriptor, bytes.read(at, Math.min(copyStep, bytes.length - at)));
  } finally {
    closeSync(descriptor);
  }
}

function loadFolder(folder: string): { packs: Pack[]; commits: string[] } {
  try {
    const names = readdirSync(folder)
      .filter((name) => name.endsWith(".index"))
      .sort();
    const packs = names.map((name): Pack => ({
      bytes: fileBytes(join(folder, name.replace(/\.index$/, ".pack"))),
      index: decodePackIndex(readFileSync(join(folder, name))),
      trusted: false,
    }));
    return {
      packs,
      commits: readFileSync(join(folder, "commits"), "utf8")
        .split("\n")
        .filter((sha) => /^[0-9a-f]{40}$/.test(sha)),
    };
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return { packs: [], commits: [] };
  }
}
