import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { FileTree } from "@eddy/core/tree";

/** A folder on disk as a tree. Nothing outside the folder is read, also not through links. */
export function diskTree(folder: string): FileTree {
  const root = realpathSync(folder);
  const kindOf = (path: string): ReturnType<FileTree["kindOf"]> => {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return stat.isSymbolicLink() ? "symlink" : stat.isDirectory() ? "directory" : "file";
  };
  return {
    kindOf: (path) => attempt(() => kindOf(path)),
    read: (path) => attempt(() => readFileSync(inside(root, path))),
    list: (path) => attempt(() => readdirSync(inside(root, path)).sort()),
    readLink: (path) => attempt(() => readlinkSync(join(root, path))),
    sizeOf: (path) => attempt(() => lstatSync(join(root, path)).size),
  };
}

function inside(root: string, path: string): string {
  const real = realpathSync(join(root, path));
  if (real === root || real.startsWith(`${root}/`)) return real;
  throw new Error(`${path} leaves the tree`);
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
