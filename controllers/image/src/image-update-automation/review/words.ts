import type { ImageUpdateAutomation } from "@eddy/api";

/** On an automation: pull requests instead of commits on the branch, one for all (`grouped`), or one a policy (`per-policy`). */
export const pullRequestsAnnotation = "eddy.sh/pull-requests";

/** Condition of an automation whose pull requests are open, with their addresses. */
export const openReviewsCondition = "PullRequestOpen";

/** The Secret with a token of the forge that `eddy.sh/forge-secret` on an automation names. Pure. */
export function forgeSecretOf({ metadata }: ImageUpdateAutomation): string | undefined {
  return metadata.annotations?.["eddy.sh/forge-secret"] || undefined;
}
