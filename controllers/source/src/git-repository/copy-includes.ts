import {
  sourceConditionTypes,
  sourceReasons,
  type Artifact,
  type GitRepository,
  type GitRepositoryInclude,
} from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { StepError } from "@eddy/runtime/controller";
import { rootedPath } from "../trees/rooted-path.ts";
import { placedTree, type Placement } from "../trees/tree-views.ts";
import type { Ports } from "./ports.ts";

/**
 * The tree with the included artifacts in their places.
 * @throws StepError CopyFailure with StorageOperationFailed.
 */
export async function copyIncludes(
  tree: FileTree,
  { spec }: GitRepository,
  artifacts: readonly Artifact[],
  ports: Ports,
  signal: AbortSignal,
): Promise<FileTree> {
  const placements: Placement[] = [];
  for (const [index, include] of (spec.include ?? []).entries()) {
    const artifact = artifacts[index];
    if (!artifact) continue;
    try {
      const content = await ports.artifacts.tree(artifact, { signal });
      placements.push(place(include, content, placedTree(tree, placements)));
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new StepError(
        sourceReasons.copyFailure,
        `failed to copy '${include.repository.name}' include from ${include.fromPath ?? ""} to ${toPathOf(include)}: ${messageOf(cause)}`,
        { cause, condition: sourceConditionTypes.storageOperationFailed },
      );
    }
  }
  return placedTree(tree, placements);
}

function toPathOf({ toPath, repository }: GitRepositoryInclude): string {
  return toPath || repository.name;
}

/**
 * Upstream unpacks beside and renames: a file takes the place of a file, nothing takes that of a folder, and no two folders become one.
 * Source: fluxcd/pkg/artifact/storage `CopyToPath`, Go's `os.MkdirAll` and `os.Rename`.
 */
function place(include: GitRepositoryInclude, content: FileTree, outer: FileTree): Placement {
  const at = rootedPath(toPathOf(include));
  const from = rootedPath(include.fromPath ?? "");
  const blocked = foldersAbove(at).find((path) => (outer.kindOf(path) ?? "directory") !== "directory");
  if (blocked !== undefined) throw new Error(`mkdir ${blocked}: not a directory`);
  const kind = content.kindOf(from);
  if (kind === undefined) throw new Error(`stat ${from}: no such file or directory`);
  const there = outer.kindOf(at);
  if (there === "file" && kind === "directory") throw new Error(`rename ${from} ${at}: not a directory`);
  if (there !== undefined && there !== "file") throw new Error(`rename ${from} ${at}: file exists`);
  return { at, from, tree: content };
}

/** Those that lead to a path, from the outermost, without the root. */
function foldersAbove(path: string): string[] {
  const steps = path.split("/").slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join("/"));
}
