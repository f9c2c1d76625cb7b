import type { CommitSummary } from "@eddy/git";
import { readTrailer } from "./plan-key.ts";

/** Where the branch of a pull request stands. */
export type BranchState =
  /** It is not there, or its commit changes something else by now: it is made anew. */
  | "outdated"
  /** It has exactly what is wanted, on files that have not changed since. */
  | "current"
  /** Somebody else has committed there: it is left to them. */
  | "foreign";

/** What is known of a branch. */
export interface BranchObservation {
  /** Message of the last commit. */
  readonly message: string;
  /** The commits that the base has not; undefined where that cannot be told. */
  readonly commits: readonly CommitSummary[] | undefined;
  /** Everything on it was merged by a pull request. */
  readonly isMerged: boolean;
}

/** Who makes the commits of an automation, and what it wants. */
export interface BranchWish {
  readonly automation: string;
  readonly email: string;
  readonly key: string;
}

/** Reads it off the branch. Pure. */
export function determineBranch(branch: BranchObservation, wish: BranchWish): BranchState {
  const trailer = readTrailer(branch.message);
  const hasCommits = branch.commits === undefined || branch.commits.length > 0;
  const isWanted = trailer?.automation === wish.automation && trailer.key === wish.key;
  if (isWanted && hasCommits && !branch.isMerged) return "current";
  return isOwn(branch, wish) ? "outdated" : "foreign";
}

/** Whether nobody else's work is on it. Pure. */
export function isOwn({ commits, isMerged }: BranchObservation, wish: Omit<BranchWish, "key">): boolean {
  return isMerged || (commits !== undefined && commits.every((commit) => isBy(commit, wish)));
}

/** The trailer tells who made it, the committer who amended it. */
function isBy({ author, committer, message }: CommitSummary, { automation, email }: Omit<BranchWish, "key">): boolean {
  const isOurs = readTrailer(message)?.automation === automation;
  return isOurs && author.email === email && committer.email === email;
}
