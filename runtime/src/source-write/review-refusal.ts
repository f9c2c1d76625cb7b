import { pullRequestsAnnotation } from "@eddy/api";
import type { ObjectMeta } from "@eddy/core/object";

/**
 * Why nothing is committed for an object that asks for a pull request by annotation or label: a commit on the branch is not what it
 * wants, and only ImageUpdateAutomations make others. Undefined for one that does not ask. Pure.
 */
export function reviewRefusal({ annotations, labels }: ObjectMeta): string | undefined {
  const isAsked = annotations?.[pullRequestsAnnotation] !== undefined || labels?.[pullRequestsAnnotation] !== undefined;
  if (!isAsked) return undefined;
  return `${pullRequestsAnnotation} is for ImageUpdateAutomations: use one of those, or \`eddy ci release --mode=pull-request\``;
}
