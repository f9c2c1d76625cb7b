import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { compareText } from "@eddy/core/json";
import type { EntryKind, FileTree } from "@eddy/core/tree";

/**
 * A folder on disk as a tree; nothing is kept between calls. Links are followed as long as they stay inside of the folder:
 * what is outside is not there. `readLink` gives absolute links relative to their directory, as a tree has no other paths.
 * @throws the file system's error where the folder is not there
 */
export function diskTree(folder: string): FileTree {
  const root = realpathSync.native(folder);
  const prefix = root.endsWith(sep) ? root : `${root}${sep}`;
  /** Where a path really is; undefined for nothing, and for what is outside. */
  const locate = (path: string): string | undefined => {
    const target = attempt(() => realpathSync.native(join(root, path)));
    return target === root || target?.startsWith(prefix) ? target : undefined;
  };
  const find = (path: string): { target: string; stats: Stats } | undefined => {
    const target = locate(path);
    const stats = target === undefined ? undefined : attempt(() => statSync(target));
    return target === undefined || stats === undefined ? undefined : { target, stats };
  };
  /** The entry itself, its last step not followed. */
  const entry = (path: string): string | undefined => {
    if (path === "") return root;
    const parent = locate(dirname(path));
    return parent && join(parent, path.slice(path.lastIndexOf("/") + 1));
  };
  return {
    kindOf(path) {
      const at = entry(path);
      const stats = at === undefined ? undefined : attempt(() => lstatSync(at));
      return stats && entryKind(stats);
    },
    read(path) {
      const found = find(path);
      return found?.stats.isFile() ? attempt(() => readFileSync(found.target)) : undefined;
    },
    list(path) {
      const found = find(path);
      return found?.stats.isDirectory() ? attempt(() => readdirSync(found.target).sort(compareText)) : undefined;
    },
    readLink(path) {
      const at = entry(path);
      const text = at === undefined ? undefined : attempt(() => readlinkSync(at));
      return at === undefined || text === undefined || !isAbsolute(text) ? text : relative(dirname(at), text);
    },
    sizeOf: (path) => find(path)?.stats.size,
    isExecutable: (path) => ((find(path)?.stats.mode ?? 0) & 0o100) !== 0,
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
