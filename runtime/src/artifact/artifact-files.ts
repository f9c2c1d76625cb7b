import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createReadStream } from "node:fs";
import { joinPath } from "@eddy/core/tree";
import { parseDigest } from "@eddy/core/digest";

/** One stored file. */
export interface StoredFile {
  /** Below the storage path. */
  readonly path: string;
  readonly modifiedMs: number;
}

/** The storage path as a set of files. Every path is relative to it; one that leaves it is treated as absent. */
export interface ArtifactFiles {
  /** Writes a file so that it is there wholly or not at all. */
  write(path: string, content: Uint8Array): Promise<void>;
  read(path: string): Promise<Buffer | undefined>;
  /** Whether the file has this digest. A file that did not change since it was proven is not read again. */
  hasDigest(path: string, digest: string): Promise<boolean>;
  /** Points `link` in the file's folder at the file. */
  link(path: string, link: string): Promise<void>;
  list(folder: string): Promise<StoredFile[]>;
  remove(path: string): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  /** Where the file is on this machine, or undefined for a path that leaves the storage path. */
  locate(path: string): string | undefined;
}

/** Files below `root`, which is created when first needed. */
export function createArtifactFiles(root: string): ArtifactFiles {
  const proven = new Map<string, string>();
  const locate = (path: string): string | undefined => {
    const clean = joinPath("", path);
    return clean === undefined || clean === "" || path.includes("\\") ? undefined : join(root, clean);
  };
  const required = (path: string): string => {
    const located = locate(path);
    if (located === undefined) throw new Error(`${JSON.stringify(path)} leaves the storage path`);
    return located;
  };
  const files: ArtifactFiles = {
    locate,
    async write(path, content) {
      const target = required(path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const partial = `${target}.part`;
      try {
        await writeFile(partial, content, { mode: 0o600 });
        await rename(partial, target);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async read(path) {
      const target = locate(path);
      return target === undefined ? undefined : await orAbsent(readFile(target));
    },
    async hasDigest(path, digest) {
      const target = locate(path);
      const found = target === undefined ? undefined : await orAbsent(stat(target));
      if (target === undefined || !found?.isFile()) return false;
      const state = `${digest} ${found.size} ${found.mtimeMs}`;
      if (proven.get(path) === state) return true;
      const matches = (await digestOfFile(target, digest)) === digest;
      if (matches) proven.set(path, state);
      return matches;
    },
    async link(path, link) {
      const target = required(joinPath(dirname(path), link) ?? "");
      await rm(`${target}.part`, { force: true });
      await symlink(path.slice(path.lastIndexOf("/") + 1), `${target}.part`);
      await rename(`${target}.part`, target);
    },
    async list(folder) {
      const target = locate(folder);
      const names = target === undefined ? undefined : await orAbsent(readdir(target));
      const found: StoredFile[] = [];
      for (const name of names ?? []) {
        const path = `${folder}/${name}`;
        const info = await orAbsent(lstat(required(path)));
        if (info?.isFile()) found.push({ path, modifiedMs: info.mtimeMs });
      }
      return found;
    },
    async remove(path) {
      proven.delete(path);
      await rm(required(path), { force: true });
    },
    async removeFolder(folder) {
      for (const path of proven.keys()) if (path.startsWith(`${folder}/`)) proven.delete(path);
      await rm(required(folder), { recursive: true, force: true });
    },
  };
  return files;
}

async function orAbsent<R>(promise: Promise<R>): Promise<R | undefined> {
  try {
    return await promise;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function digestOfFile(path: string, digest: string): Promise<string> {
  const { algorithm } = parseDigest(digest);
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `${algorithm}:${hash.digest("hex")}`;
}
