/**
 * Pull requests of forges: GitHub, GitLab, Gitea and Forgejo, each with its own words for the same.
 *
 * Not Git, and not commit statuses. Entry points: {@link ensurePullRequest}, {@link listPullRequests} and {@link parseForge}.
 */
export type { ForgeAccess } from "./call-forge.ts";
export { changePullRequest } from "./change-pull-request.ts";
export type { PullRequestFilter } from "./dialects.ts";
export { ensurePullRequest, type EnsurePullRequestOptions } from "./ensure-pull-request.ts";
export { ForgeError, type ForgeErrorKind } from "./forge-error.ts";
export { listPullRequests } from "./list-pull-requests.ts";
export { parseForge, parseForgeKind, type Forge, type ForgeKind, type ParseForgeOptions } from "./parse-forge.ts";
export type {
  EnsuredPullRequest,
  PullRequest,
  PullRequestChange,
  PullRequestDraft,
  PullRequestState,
} from "./pull-request.ts";
