import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import { joinPath, type FileTree } from "@eddy/core/tree";
import type { GitCommit, GitRemote, ResolvedRef } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import { sparseTree } from "../trees/tree-views.ts";
import { gitFailure } from "./resolve-revision.ts";

/**
 * The commit, with only the folders and files of `spec.sparseCheckout` where there are any.
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
    return { commit, tree: spec.sparseCheckout ? selectPaths(commit.tree, spec.sparseCheckout) : commit.tree };
  } catch (cause) {
    if (signal.aborted || cause instanceof StepError) throw cause;
    throw gitFailure(cause, "unable to clone", spec.url);
  }
}

function selectPaths(tree: FileTree, wanted: readonly string[]): FileTree {
  const paths = wanted.map((folder) => {
    const path = joinPath("", folder);
    if (path !== undefined && isCheckedOut(tree, path)) return path;
    throw new StepError(
      sourceReasons.gitOperationFailed,
      `failed to sparse checkout directories : sparse checkout dir '${folder}' does not exist in repository: lstat ${folder}: no such file or directory`,
      { condition: sourceConditionTypes.fetchFailed },
    );
  });
  return sparseTree(tree, paths);
}

/** Git knows no empty folders: one that is none in the commit is that of a submodule. */
function isCheckedOut(tree: FileTree, path: string): boolean {
  const kind = tree.kindOf(path);
  return kind === "file" || (kind === "directory" && tree.list(path)?.length !== 0);
}
