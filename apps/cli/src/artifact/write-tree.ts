import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EddyError } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";

/**
 * Writes the files of a tree below a folder, over those that are there. Nothing is written through a link: it could lead out of the
 * folder.
 * @throws EddyError ARTIFACT_PATH (terminal) for a path that goes through a link.
 */
export function writeTree(tree: FileTree, folder: string): void {
  const visit = (path: string): void => {
    for (const name of tree.list(path) ?? []) {
      const child = path === "" ? name : `${path}/${name}`;
      if (tree.kindOf(child) === "directory") {
        refuseLink(join(folder, child));
        mkdirSync(join(folder, child), { recursive: true });
        visit(child);
      } else writeFile(tree, child, join(folder, child));
    }
  };
  visit("");
}

function writeFile(tree: FileTree, path: string, target: string): void {
  const bytes = tree.read(path);
  if (!bytes) return;
  mkdirSync(dirname(target), { recursive: true });
  refuseLink(target);
  writeFileSync(target, bytes, { mode: tree.isExecutable?.(path) ? 0o755 : 0o644 });
}

function refuseLink(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new EddyError("ARTIFACT_PATH", `extract artifact: refused to write through the link ${JSON.stringify(path)}`, {
    class: "terminal",
  });
}
