import type { ImageUpdateAutomation } from "@eddy/api";

/** Condition of an automation whose pull requests are open, with their addresses. */
export const openReviewsCondition = "PullRequestOpen";

/** The Secret with a token of the forge that `eddy.sh/forge-secret` on an automation names. Pure. */
export function forgeSecretOf({ metadata }: ImageUpdateAutomation): string | undefined {
  return metadata.annotations?.["eddy.sh/forge-secret"] || undefined;
}
