import type { PullRequest } from "@eddy/forge";
import { parseMark } from "@eddy/runtime/pull-request";
import type { ReadyPolicy } from "../select-policies.ts";
import type { ReviewSettings } from "./settings.ts";

/** What one pull request asks for. */
export interface ReviewUnit {
  readonly branch: string;
  readonly policies: readonly ReadyPolicy[];
}

/** One unit for all policies, or one a policy with a branch named after it. Pure. */
export function unitsOf(
  { grouping }: Pick<ReviewSettings, "grouping">,
  branch: string,
  policies: readonly ReadyPolicy[],
): ReviewUnit[] {
  if (grouping === "grouped") return [{ branch, policies }];
  // A branch `a` and a branch `a/b` cannot be at once: who changes the grouping is not to be stopped by that.
  const prefix = /[/-]$/.test(branch) ? branch : `${branch}-`;
  return policies.map((policy) => ({ branch: `${prefix}${policy.name}`, policies: [policy] }));
}

/** Open pull requests that this object keeps, and that none of its units is about any more. Pure. */
export function retiredOf(open: readonly PullRequest[], units: readonly ReviewUnit[], uid: string): PullRequest[] {
  return ownOf(open, uid).filter(({ head }) => !units.some(({ branch }) => branch === head));
}

/** Those that this object keeps. Pure. */
export function ownOf(open: readonly PullRequest[], uid: string): PullRequest[] {
  return open.filter(({ body }) => uid !== "" && parseMark(body)?.by === uid);
}
