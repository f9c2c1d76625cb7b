import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import { joinPath, type FileTree } from "@eddy/core/tree";
import type { GitCommit, GitRemote, ResolvedRef } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import { sparseTree } from "../trees/tree-views.ts";
import { gitFailure } from "./resolve-revision.ts";

/**
 * The commit, with only the folders of `spec.sparseCheckout` where there are any.
 * @throws StepError GitOperationFailed with FetchFailed.
 */
export async function fetchCommit(
  remote: GitRemote,
  resolved: ResolvedRef,
  { spec }: GitRepository,
  signal: AbortSignal,
): Promise<{ commit: GitCommit; tree: FileTree }> {
  try {
    const commit = await remote.fetch(resolved, { submodules: spec.recurseSubmodules ?? false, signal });
    return { commit, tree: spec.sparseCheckout ? selectFolders(commit.tree, spec.sparseCheckout) : commit.tree };
  } catch (cause) {
    if (signal.aborted || cause instanceof StepError) throw cause;
    throw gitFailure(cause, "unable to clone", spec.url);
  }
}

function selectFolders(tree: FileTree, folders: readonly string[]): FileTree {
  const paths = folders.map((folder) => {
    const path = joinPath("", folder);
    if (path !== undefined && tree.kindOf(path) === "directory" && tree.list(path)?.length !== 0) return path;
    throw new StepError(
      sourceReasons.gitOperationFailed,
      `failed to sparse checkout directories : sparse checkout dir '${folder}' does not exist in repository: lstat ${folder}: no such file or directory`,
      { condition: sourceConditionTypes.fetchFailed },
    );
  });
  return sparseTree(tree, paths);
}
