import { changePullRequest, type PullRequest } from "@eddy/forge";
import type { GitRemote } from "@eddy/git";
import { parseMark, withoutMark } from "@eddy/runtime/pull-request";
import { isOwn } from "./branch-state.ts";
import type { ReviewOutcome } from "./propose-unit.ts";
import { observeBranch } from "./push-branch.ts";
import { automationOf, wishOf, type Base, type ReviewContext } from "./review-context.ts";

/**
 * Closes a pull request that asks for nothing any more, and says so in its text, in one request; its mark goes, so that it is no refusal of
 * anybody's. One that is somebody's own, or to whose branch somebody else has committed, is left to them.
 * @throws ForgeError; GitError
 */
export async function closeReview(
  open: PullRequest,
  known: { remote: GitRemote; base: Base },
  context: ReviewContext,
): Promise<ReviewOutcome> {
  const { object, settings, access } = context;
  const { number, url, title, body } = open;
  const isKept = parseMark(body) !== undefined && (await isBranchOwn(open, known, context));
  if (!isKept) return { kind: "open", url, title, outcome: "unchanged", isLeft: true };
  const why = `\`${settings.base}\` has these images, or they are wanted no more`;
  const word = `**Closed by the ImageUpdateAutomation \`${automationOf(object)}\`: ${why}.**`;
  const change = { state: "closed", body: `${word}\n\n${withoutMark(body).trim()}\n` } as const;
  await changePullRequest(settings.forge, number, change, access);
  return { kind: "closed", url, why };
}

/** Whether nobody else's work is on the branch of a pull request; one that is gone has none. */
async function isBranchOwn(
  { head: branch }: PullRequest,
  { remote, base }: { remote: GitRemote; base: Base },
  context: ReviewContext,
): Promise<boolean> {
  const { signal } = context;
  const name = `refs/heads/${branch}`;
  const ref = (await remote.listRefs({ prefixes: [name], signal })).find((one) => one.name === name);
  if (!ref) return true;
  const resolved = { revision: `${branch}@sha1:${ref.oid}`, commit: ref.oid, refName: name };
  const head = await remote.fetch(resolved, { signal });
  return isOwn(await observeBranch(head, base, [], undefined, context), wishOf(context));
}
