/**
 * Git over HTTP(S), SSH and local folders, spoken by Eddy itself: protocol v2 (and v0), packs, deltas, objects.
 *
 * Not a working copy: a commit is a read-only tree. Entry points: {@link openRepository} and {@link pushChange}.
 */
export { GitError, isGitError, type GitErrorKind } from "./errors.ts";
export { withoutUserInfo } from "./connect.ts";
export { openRepository } from "./open-repository.ts";
export type { CommitDraft, GitPerson, PushChangeOptions, PushedChange } from "./write/change.ts";
export { listNewCommits, type CommitSummary } from "./write/list-new-commits.ts";
export { pushChange } from "./write/push-change.ts";
export { scanHostKeys, type ScanHostKeysOptions } from "./scan-host-keys.ts";
export type {
  FetchOptions,
  GitAuth,
  GitCommit,
  GitLimits,
  GitProxy,
  GitRef,
  GitReference,
  GitRemote,
  GitSignature,
  GitTag,
  OpenRepositoryOptions,
  ResolvedRef,
} from "./remote.ts";
