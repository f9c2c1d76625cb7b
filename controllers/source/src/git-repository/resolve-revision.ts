import { sourceConditionTypes, sourceReasons, type GitRepository, type GitRepositoryRef } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { isGitError, type GitErrorKind, type GitReference, type GitRemote, type ResolvedRef } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";

const defaultBranch = "master";

/** Which commit the object wants: commit, name, semver, tag, branch, in this order. Source: Flux spec 1.1 `spec.ref`. */
export function referenceOf(ref: GitRepositoryRef | undefined): GitReference {
  if (ref?.commit) return { kind: "commit", sha: ref.commit, ...(ref.branch ? { branch: ref.branch } : {}) };
  if (ref?.name) return { kind: "name", name: ref.name };
  if (ref?.semver) return { kind: "semver", range: ref.semver };
  if (ref?.tag) return { kind: "tag", name: ref.tag };
  return { kind: "branch", name: ref?.branch || defaultBranch };
}

/**
 * Asks the remote which commit that is now.
 * @throws StepError GitOperationFailed, EmptyGitRepository with FetchFailed.
 */
export async function resolveRevision(
  remote: GitRemote,
  { spec, status }: GitRepository,
  signal: AbortSignal,
): Promise<ResolvedRef> {
  try {
    return await remote.resolve(referenceOf(spec.ref), { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw gitFailure(cause, status?.artifact ? "unable to list remote for" : "unable to clone", spec.url);
  }
}

/** Kinds whose message is a whole sentence of upstream's already. */
const complete: readonly GitErrorKind[] = ["ref-not-found", "configuration"];

/** A Git error in the words of upstream's controller and client. */
export function gitFailure(cause: unknown, doing: string, url: string): StepError {
  const condition = sourceConditionTypes.fetchFailed;
  if (isGitError(cause, "empty"))
    return new StepError(sourceReasons.emptyGitRepository, cause.message, { cause, condition });
  const where = isGitError(cause, ...complete) ? "" : `${doing} '${withoutPassword(url)}': `;
  return new StepError(
    sourceReasons.gitOperationFailed,
    `failed to checkout and determine revision: ${where}${messageOf(cause)}`,
    { cause, condition },
  );
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/:@]*):[^/@]*@/, "$1:*****@");
}
