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

function place(include: GitRepositoryInclude, content: FileTree, outer: FileTree): Placement {
  const at = rootedPath(toPathOf(include));
  const from = rootedPath(include.fromPath ?? "");
  if (content.kindOf(from) === undefined) throw new Error(`stat ${from}: no such file or directory`);
  if (at === "" || (outer.kindOf(at) !== undefined && outer.list(at)?.length !== 0))
    throw new Error(`rename ${from} ${at}: file exists`);
  return { at, from, tree: content };
}
