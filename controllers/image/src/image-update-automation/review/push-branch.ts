import type { PullRequest } from "@eddy/forge";
import { listNewCommits, pushChange, type CommitDraft, type GitCommit, type PushedChange } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import type { EditPlan } from "@eddy/source-edit";
import { draftCommit } from "../draft-commit.ts";
import { planUpdate } from "../plan-update.ts";
import type { ReadyPolicy } from "../select-policies.ts";
import { pushFailure } from "../words.ts";
import { determineBranch, type BranchObservation, type BranchState } from "./branch-state.ts";
import { titleOf } from "./name-change.ts";
import { planKey, readTrailer, withTrailer } from "./plan-key.ts";
import { wishOf, type Base, type ReviewContext } from "./review-context.ts";

/** What the branch of a pull request has become. */
export interface PushedBranch {
  readonly state: BranchState;
  /** What it changes, of which base, and how that is called. */
  readonly plan: EditPlan;
  readonly base: Base;
  readonly message: string;
  /** Absent where nothing was pushed. */
  readonly pushed: PushedChange | undefined;
}

type Seen = Omit<PushedBranch, "pushed">;

/**
 * Gives the branch one commit, with what the policies change of the base as it is now. Idempotent: a branch that has exactly that is left
 * as it is, and so is one where somebody else has committed. `history`: the branch's pull requests.
 * @throws StepError GitOperationFailed (retry), and what planning throws
 */
export async function pushBranch(
  branch: string,
  policies: readonly ReadyPolicy[],
  history: readonly PullRequest[],
  context: ReviewContext,
): Promise<PushedBranch | undefined> {
  const { object, source, sign, signal, ports } = context;
  const { checkout, options } = source.target;
  let seen: Seen | undefined;
  const look = (base: GitCommit): Omit<Seen, "state"> => {
    const plan = planUpdate(base.tree, object, policies, ports.unmarked);
    return { plan, base, message: messageFor(plan, policies, context) };
  };
  const draft = (found: Seen): CommitDraft => {
    const key = planKey(found.base.tree, found.plan.files);
    const message = withTrailer(found.message, { automation: wishOf(context).automation, key });
    return { ...draftCommit(object, found.plan), message };
  };
  try {
    const pushed = await pushChange(source.url, {
      ...source.open,
      clock: ports.clock,
      branch,
      from: checkout,
      signal,
      ...(options === undefined ? {} : { pushOptions: options }),
      ...(sign ? { sign } : {}),
      async replaces(head, base) {
        const found = look(base);
        const wish = { ...wishOf(context), key: planKey(base.tree, found.plan.files) };
        const observed = await observeBranch(head, base, history, wish.key, context);
        seen = { ...found, state: determineBranch(observed, wish) };
        return true;
      },
      plan(base) {
        if (base === undefined) return undefined;
        if (seen?.base.sha !== base.sha) seen = { ...look(base), state: "outdated" };
        return seen.state === "outdated" && seen.plan.files.size > 0 ? draft(seen) : undefined;
      },
    });
    if (pushed) await context.onPushed(pushed);
    return seen && { ...seen, pushed };
  } catch (cause) {
    if (signal.aborted || cause instanceof StepError) throw cause;
    throw pushFailure(cause);
  }
}

/** With a template as it says; without one a title that tells what changes. */
function messageFor(plan: EditPlan, policies: readonly ReadyPolicy[], { object }: ReviewContext): string {
  const hasTemplate = Boolean(object.spec.git?.commit.messageTemplate);
  return hasTemplate ? draftCommit(object, plan).message : titleOf(plan, policies);
}

/** What there is to know of a branch. History is asked for only where the last commit does not say enough. */
export async function observeBranch(
  head: GitCommit,
  base: Base,
  history: readonly PullRequest[],
  key: string | undefined,
  { source, signal, ports, object }: ReviewContext,
): Promise<BranchObservation> {
  const { message } = head;
  const isMerged = history.some(({ state, headSha }) => state === "merged" && headSha === head.sha);
  const trailer = readTrailer(message);
  const isWanted = key !== undefined && trailer?.key === key && trailer.automation === wishOf({ object }).automation;
  if (isMerged || (isWanted && history.some(({ state }) => state === "open")))
    return { message, isMerged, commits: undefined };
  if (head.parents.length === 1 && head.parents[0] === base.sha) return { message, isMerged, commits: [head] };
  const options = { ...source.open, clock: ports.clock, signal };
  const commits = await listNewCommits(source.url, { of: head.sha, beyond: base.sha }, options);
  return { message, isMerged, commits };
}
