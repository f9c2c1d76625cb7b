import type { GitSignature, OpenRepositoryOptions } from "../remote.ts";
import { fetchHistory } from "./fetch-history.ts";

/** A commit without its files. */
export interface CommitSummary {
  /** 40 hex digits. */
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: GitSignature;
  readonly committer: GitSignature;
  readonly message: string;
}

/**
 * The commits that a branch has and another has not: those in the history of `of` and not in that of `beyond`. Undefined where the
 * server cannot tell (no protocol v2).
 * @throws GitError
 */
export async function listNewCommits(
  url: string,
  { of, beyond }: { of: string; beyond: string },
  options: OpenRepositoryOptions & { signal?: AbortSignal },
): Promise<CommitSummary[] | undefined> {
  if (of === beyond) return [];
  const commits = await fetchHistory(url, { want: of, have: beyond }, options);
  return (
    commits &&
    Array.from(commits, ([sha, { parents, author, committer, message }]) => ({
      sha,
      parents,
      author,
      committer,
      message,
    }))
  );
}
