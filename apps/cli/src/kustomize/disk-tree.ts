import { lstatSync, readFileSync, readdirSync, readlinkSync, realpathSync, statSync, type Stats } from "node:fs";
import { join, sep } from "node:path";
import { compareText } from "@eddy/core/json";
import type { EntryKind, FileTree } from "@eddy/core/tree";

/** A folder on disk as a tree. Links are followed as long as they stay inside of it; nothing is kept between calls. */
export function diskTree(root: string): FileTree {
  const inside = realpathSync(root);
  const prefix = inside.endsWith(sep) ? inside : `${inside}${sep}`;
  /** Where a path really is, with what is there; undefined for nothing, and for what is outside. */
  const find = (path: string): { target: string; stats: Stats } | undefined => {
    const target = attempt(() => realpathSync(join(inside, path)));
    if (target === undefined || (target !== inside && !target.startsWith(prefix))) return undefined;
    return { target, stats: statSync(target) };
  };
  return {
    kindOf(path) {
      const stats = lstatSync(join(inside, path), { throwIfNoEntry: false });
      return stats && entryKind(stats);
    },
    read(path) {
      const found = find(path);
      return found?.stats.isFile() ? readFileSync(found.target) : undefined;
    },
    list(path) {
      const found = find(path);
      return found?.stats.isDirectory() ? readdirSync(found.target).sort(compareText) : undefined;
    },
    readLink: (path) => attempt(() => readlinkSync(join(inside, path))),
    sizeOf: (path) => find(path)?.stats.size,
  };
}

function entryKind(stats: Stats): EntryKind | undefined {
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : undefined;
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
