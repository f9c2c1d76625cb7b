/**
 * Pull requests of forges: GitHub, GitLab, Gitea and Forgejo, each with its own words for the same.
 *
 * Not Git, and not commit statuses. Entry points: {@link ensurePullRequest} and {@link parseForge}.
 */
export { ensurePullRequest } from "./ensure-pull-request.ts";
export { ForgeError, type ForgeErrorKind } from "./forge-error.ts";
export { parseForge, type Forge, type ForgeKind, type ParseForgeOptions } from "./parse-forge.ts";
export type { PullRequest, PullRequestDraft } from "./pull-request.ts";
