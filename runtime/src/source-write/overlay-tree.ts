import type { FileTree } from "@eddy/core/tree";

/** The tree with other content in files that it has already. */
export function overlayTree(tree: FileTree, files: ReadonlyMap<string, Uint8Array>): FileTree {
  if (files.size === 0) return tree;
  const { readLink, isExecutable } = tree;
  return {
    kindOf: (path) => tree.kindOf(path),
    list: (path) => tree.list(path),
    read: (path) => files.get(path) ?? tree.read(path),
    ...(readLink ? { readLink: (path: string) => readLink(path) } : {}),
    ...(isExecutable ? { isExecutable: (path: string) => isExecutable(path) } : {}),
  };
}
