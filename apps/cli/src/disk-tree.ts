import { lstatSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { compareText } from "@eddy/core/json";
import type { EntryKind, FileTree } from "@eddy/core/tree";

/** A folder on disk as a tree. Links are followed as long as they stay inside of it; nothing is kept between calls. */
export function diskTree(root: string): FileTree {
  const inside = realpathSync(root);
  const real = (path: string): string | undefined => {
    try {
      const target = realpathSync(join(inside, path));
      return target === inside || target.startsWith(inside.endsWith(sep) ? inside : `${inside}${sep}`)
        ? target
        : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    kindOf(path) {
      const found = lstatSync(join(inside, path), { throwIfNoEntry: false });
      if (!found) return undefined;
      const kind: EntryKind | undefined = found.isSymbolicLink()
        ? "symlink"
        : found.isDirectory()
          ? "directory"
          : found.isFile()
            ? "file"
            : undefined;
      return kind;
    },
    read(path) {
      const target = real(path);
      return target !== undefined && statSync(target).isFile() ? readFileSync(target) : undefined;
    },
    list(path) {
      const target = real(path);
      return target !== undefined && statSync(target).isDirectory() ? readdirSync(target).sort(compareText) : undefined;
    },
  };
}
