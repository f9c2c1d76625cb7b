import { compareText } from "@eddy/core/json";
import type { FileTree } from "@eddy/core/tree";

/** How a file differs between two trees. */
export interface TreeDifference {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
}

/** Files of `after` that `before` has not, or has otherwise, and the reverse; by path. Folders and permissions do not count. */
export function compareTrees(before: FileTree, after: FileTree): TreeDifference[] {
  const [left, right] = [filesOf(before), filesOf(after)];
  const differences: TreeDifference[] = [];
  for (const path of new Set([...left, ...right].sort(compareText))) {
    const [old, now] = [before.read(path), after.read(path)];
    if (!old && now) differences.push({ path, change: "added" });
    else if (old && !now) differences.push({ path, change: "removed" });
    else if (old && now && !Buffer.from(old).equals(now)) differences.push({ path, change: "changed" });
  }
  return differences;
}

function filesOf(tree: FileTree): string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    for (const name of tree.list(path) ?? []) {
      const child = path === "" ? name : `${path}/${name}`;
      if (tree.kindOf(child) === "directory") visit(child);
      else files.push(child);
    }
  };
  visit("");
  return files;
}
