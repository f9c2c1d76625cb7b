import type { EntryKind, FileTree } from "@eddy/core/tree";
import type { IgnoreMatcher } from "./matcher.ts";

interface Folder {
  readonly names: string[];
  readonly children: Map<string, EntryKind>;
}

const maxDepth = 512;

/**
 * The tree without what the matcher ignores. Every file is judged by itself; an ignored folder stays while a file below it
 * does, a folder that is not ignored stays even when empty. Symbolic links are dropped: artifacts have none.
 */
export function ignoreTree(tree: FileTree, matcher: IgnoreMatcher): FileTree {
  const folders = new Map<string, Folder>();
  const visit = (path: string, depth: number): boolean => {
    const folder: Folder = { names: [], children: new Map() };
    if (depth > maxDepth) return false;
    for (const name of tree.list(path) ?? []) {
      const child = path === "" ? name : `${path}/${name}`;
      const kind = tree.kindOf(child);
      if (kind === undefined || kind === "symlink") continue;
      const kept = kind === "directory" ? visit(child, depth + 1) : !matcher.ignores(child, false);
      if (!kept) continue;
      folder.names.push(name);
      folder.children.set(name, kind);
    }
    const stays = path === "" || folder.names.length > 0 || !matcher.ignores(path, true);
    if (stays) folders.set(path, folder);
    return stays;
  };
  visit("", 0);

  const kindOf = (path: string): EntryKind | undefined => {
    if (folders.has(path)) return "directory";
    const slash = path.lastIndexOf("/");
    return folders.get(slash < 0 ? "" : path.slice(0, slash))?.children.get(path.slice(slash + 1));
  };
  const ifFile = <R>(path: string, answer: () => R): R | undefined => (kindOf(path) === "file" ? answer() : undefined);
  return {
    kindOf,
    read: (path) => ifFile(path, () => tree.read(path)),
    list: (path) => folders.get(path)?.names,
    identityOf: (path) => ifFile(path, () => tree.identityOf?.(path)),
    isExecutable: (path) => ifFile(path, () => tree.isExecutable?.(path)) ?? false,
  };
}
