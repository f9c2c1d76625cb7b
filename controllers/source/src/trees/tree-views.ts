import { compareText } from "@eddy/core/json";
import type { EntryKind, FileTree } from "@eddy/core/tree";

/** The tree with only these folders and what is below them; a file stands for itself. */
export function sparseTree(tree: FileTree, folders: readonly string[]): FileTree {
  if (folders.includes("")) return tree;
  const isInside = (path: string): boolean =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
  const leadsThere = (path: string): boolean => path === "" || folders.some((folder) => folder.startsWith(`${path}/`));
  return {
    kindOf: (path) => (isInside(path) ? tree.kindOf(path) : leadsThere(path) ? "directory" : undefined),
    read: (path) => (isInside(path) ? tree.read(path) : undefined),
    list(path) {
      if (isInside(path)) return tree.list(path);
      if (!leadsThere(path)) return undefined;
      const prefix = path === "" ? "" : `${path}/`;
      const names = folders
        .filter((folder) => folder.startsWith(prefix))
        .map((folder) => folder.slice(prefix.length).split("/", 1)[0] ?? "");
      return [...new Set(names)].sort(compareText);
    },
    identityOf: (path) => (isInside(path) ? tree.identityOf?.(path) : undefined),
    isExecutable: (path) => isInside(path) && (tree.isExecutable?.(path) ?? false),
  };
}

/** One tree placed in another. */
export interface Placement {
  /** Where, from the root: no folder stands there in the outer tree, nor in what was placed before; a file gives way. */
  readonly at: string;
  readonly tree: FileTree;
  /** What of it: a folder or a file. */
  readonly from: string;
}

/** The outer tree with others placed in it, one after the other: a later one may stand within an earlier one. */
export function placedTree(outer: FileTree, placements: readonly Placement[]): FileTree {
  if (placements.length === 0) return outer;
  /** Whose path it is: the last placement's that it is in, for that is the innermost. */
  const find = (path: string): { tree: FileTree; path: string } => {
    const placement = placements.findLast(({ at }) => path === at || path.startsWith(`${at}/`));
    if (!placement) return { tree: outer, path };
    const rest = path.slice(placement.at.length + 1);
    return { tree: placement.tree, path: [placement.from, rest].filter((step) => step !== "").join("/") };
  };
  const children = (path: string): string[] => {
    const prefix = path === "" ? "" : `${path}/`;
    return placements
      .filter(({ at }) => at.startsWith(prefix))
      .map(({ at }) => at.slice(prefix.length).split("/", 1)[0] ?? "");
  };
  return {
    kindOf(path): EntryKind | undefined {
      const found = find(path);
      return found.tree.kindOf(found.path) ?? (children(path).length > 0 ? "directory" : undefined);
    },
    read(path) {
      const found = find(path);
      return found.tree.read(found.path);
    },
    list(path) {
      const found = find(path);
      const names = found.tree.list(found.path);
      const added = children(path);
      if (added.length === 0) return names;
      return [...new Set([...(names ?? []), ...added])].sort(compareText);
    },
    identityOf(path) {
      const found = find(path);
      return found.tree.identityOf?.(found.path);
    },
    isExecutable(path) {
      const found = find(path);
      return found.tree.isExecutable?.(found.path) ?? false;
    },
  };
}
