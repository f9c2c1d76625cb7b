import type { FileTree } from "@eddy/core/tree";
import { layerTree } from "./layer-tree.ts";

/** A tree that notes every path that it is asked for. */
export function recordingTree(tree: FileTree, seen: Set<string>): FileTree {
  const noted = (path: string): string => {
    seen.add(path);
    return path;
  };
  return {
    ...layerTree(tree, {}),
    kindOf: (path) => tree.kindOf(noted(path)),
    read: (path) => tree.read(noted(path)),
    list: (path) => tree.list(noted(path)),
  };
}
