import { sourceConditionTypes, sourceReasons, type Artifact, type GitRepository } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import type { GitCommit } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import { ignoreTree, sourceMatcher } from "@eddy/sourceignore";
import { ownerOf } from "./owner.ts";
import type { Ports } from "./ports.ts";

/** What was stored, and why not on disk. */
export interface StoredArtifact {
  readonly artifact: Artifact;
  /** The artifact exists in this process only: the disk refused. */
  readonly failure: StepError | undefined;
}

/**
 * Filters, packs and stores the tree.
 * @throws StepError ArchiveOperationFailed with StorageOperationFailed.
 */
export async function storeArtifact(
  object: GitRepository,
  commit: GitCommit,
  tree: FileTree,
  { artifacts }: Ports,
): Promise<StoredArtifact> {
  try {
    const filtered = ignoreTree(tree, sourceMatcher(tree, object.spec.ignore));
    const content = { revision: commit.revision, fileName: `${commit.sha}.tar.gz`, tree: filtered };
    const { artifact, stored } = await artifacts.put(ownerOf(object), content);
    return { artifact, failure: stored && archiveFailure(stored) };
  } catch (cause) {
    throw archiveFailure(cause);
  }
}

function archiveFailure(cause: unknown): StepError {
  return new StepError(
    sourceReasons.archiveOperationFailed,
    `unable to archive artifact to storage: ${messageOf(cause)}`,
    {
      cause,
      condition: sourceConditionTypes.storageOperationFailed,
    },
  );
}
