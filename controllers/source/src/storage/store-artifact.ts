import { sourceConditionTypes, sourceReasons, type Artifact } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import type { ArtifactContent, ArtifactFile } from "@eddy/runtime/artifact";
import { StepError } from "@eddy/runtime/controller";
import { ignoreTree, sourceMatcher } from "@eddy/sourceignore";
import { ownerOf } from "../source/owner.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";

/** What was stored, and why not on disk. */
export interface StoredArtifact {
  readonly artifact: Artifact;
  /** The artifact exists in this process only: the disk refused. */
  readonly failure: StepError | undefined;
}

/**
 * Packs and stores the tree, without what `ignore` (`spec.ignore`), `.sourceignore` files and the defaults leave out;
 * `ignore` null stores all of it.
 * @throws StepError ArchiveOperationFailed with StorageOperationFailed.
 */
export async function storeTree(
  object: Source,
  content: ArtifactContent,
  ignore: string | undefined | null,
  { artifacts }: Pick<SourcePorts, "artifacts">,
): Promise<StoredArtifact> {
  return stored(() => {
    const tree = ignore === null ? content.tree : withoutIgnored(content.tree, ignore);
    return artifacts.put(ownerOf(object), { ...content, tree });
  });
}

/**
 * Stores bytes as they are.
 * @throws StepError ArchiveOperationFailed with StorageOperationFailed.
 */
export async function storeFile(
  object: Source,
  file: ArtifactFile,
  { artifacts }: Pick<SourcePorts, "artifacts">,
): Promise<StoredArtifact> {
  return stored(() => artifacts.putFile(ownerOf(object), file));
}

function withoutIgnored(tree: FileTree, ignore: string | undefined): FileTree {
  return ignoreTree(tree, sourceMatcher(tree, ignore));
}

async function stored(put: () => Promise<{ artifact: Artifact; stored: Error | undefined }>): Promise<StoredArtifact> {
  try {
    const { artifact, stored: failure } = await put();
    return { artifact, failure: failure && archiveFailure(failure) };
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
