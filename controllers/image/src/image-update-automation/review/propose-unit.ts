import { parseDuration } from "@eddy/core/duration";
import { changePullRequest, ensurePullRequest, listPullRequests, type PullRequest } from "@eddy/forge";
import type { GitRemote, PushedChange } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import { composePullRequest, isCurrentText, type PullRequestText } from "@eddy/runtime/pull-request";
import { revertsAnnotation } from "../held-policies.ts";
import type { ReadyPolicy } from "../select-policies.ts";
import { closeReview } from "./close-review.ts";
import { changedPolicies } from "./name-change.ts";
import { pushBranch, type PushedBranch } from "./push-branch.ts";
import { asksOf, refusedImages } from "./refused-images.ts";
import { automationOf, type Base, type ReviewContext } from "./review-context.ts";
import type { ReviewUnit } from "./units.ts";
import { pullRequestFailed } from "./review-error.ts";

/** What became of one unit. */
export interface UnitResult {
  readonly review: ReviewOutcome | undefined;
  /** What people have refused, by policy, and why. */
  readonly closed: ReadonlyMap<string, string>;
  readonly takenBack: ReadonlyMap<string, string>;
  readonly pushed: PushedChange | undefined;
  /** The base has moved since: look again. */
  readonly isStale: boolean;
}

/** A pull request after a pass. */
export type ReviewOutcome =
  | {
      readonly kind: "open";
      readonly url: string;
      readonly title: string;
      readonly outcome: "created" | "updated" | "unchanged";
      /** Somebody else has committed to its branch: it is theirs. */
      readonly isLeft: boolean;
    }
  | { readonly kind: "closed"; readonly url: string; readonly why: string }
  /** Not opened yet: too many are open. */
  | { readonly kind: "postponed" };

/** What is known before the first unit. */
export interface UnitPorts {
  readonly remote: GitRemote;
  readonly base: Base;
  /** Names of policies whose images the base has not. */
  readonly changed: ReadonlySet<string>;
  /** Whether another one may be opened. */
  readonly mayOpen: () => boolean;
}

const nothing: UnitResult = {
  review: undefined,
  closed: new Map(),
  takenBack: new Map(),
  pushed: undefined,
  isStale: false,
};

/**
 * Brings the branch and the pull request of one unit to what its policies want. Idempotent, and safe to run from any state: what is
 * there is read from the repository and the forge.
 * @throws StepError; ForgeError
 */
export async function proposeUnit(
  { branch, policies }: ReviewUnit,
  known: UnitPorts & { open: PullRequest | undefined },
  context: ReviewContext,
): Promise<UnitResult> {
  const { object, settings, access } = context;
  const changed = policies.filter(({ name }) => known.changed.has(name));
  if (changed.length === 0) return { ...nothing, review: await retire(known.open, known, context) };
  // Of what may not be opened now nothing has to be known.
  if (!known.open && !known.mayOpen()) return { ...nothing, review: { kind: "postponed" } };
  const filter = { state: "all", base: settings.base, head: branch } as const;
  const history = await listPullRequests(settings.forge, filter, access);
  const open = history.find(({ state }) => state === "open");
  const overwritesReverts = object.metadata.annotations?.[revertsAnnotation] === "overwrite";
  const refused = refusedImages(changed, history, { overwritesReverts });
  if (refused.takenBack.size > 0 && (await hasMoved(known, context))) return { ...nothing, isStale: true };
  const isFree = ({ name }: ReadyPolicy): boolean => !refused.closed.has(name) && !refused.takenBack.has(name);
  if (!changed.some(isFree)) return { ...nothing, ...refused, review: await retire(open, known, context) };
  const free = policies.filter(isFree);
  const made = await pushBranch(branch, free, history, context);
  // Somebody was faster: the base has it all by now.
  if (!made || made.plan.files.size === 0) return { ...nothing, ...refused, isStale: true };
  return { ...nothing, ...refused, pushed: made.pushed, review: await ask(branch, open, made, free, context) };
}

/** What is asked for is there already, or is wanted no more. */
async function retire(
  open: PullRequest | undefined,
  known: Pick<UnitPorts, "remote" | "base">,
  context: ReviewContext,
): Promise<ReviewOutcome | undefined> {
  return open && closeReview(open, known, context);
}

/** A merge that came between the look at the files and the look at the forge is no revert. */
async function hasMoved(
  { remote, base }: Pick<UnitPorts, "remote" | "base">,
  { source, signal }: ReviewContext,
): Promise<boolean> {
  return (await remote.resolve(source.target.checkout, { signal })).commit !== base.sha;
}

async function ask(
  branch: string,
  open: PullRequest | undefined,
  made: PushedBranch,
  policies: ReviewUnit["policies"],
  context: ReviewContext,
): Promise<ReviewOutcome> {
  const { settings, access } = context;
  if (made.state === "foreign") {
    if (open) return { kind: "open", url: open.url, title: open.title, outcome: "unchanged", isLeft: true };
    throw branchTaken(branch, context);
  }
  const text = textOf(made, policies, context);
  if (!open) {
    const draft = { head: branch, base: settings.base, ...text };
    const { url, outcome } = await ensurePullRequest(settings.forge, draft, access);
    return { kind: "open", url, title: text.title, outcome, isLeft: false };
  }
  const isCurrent = isCurrentText(open, text);
  if (!isCurrent) await changePullRequest(settings.forge, open.number, text, access);
  const outcome = isCurrent && made.pushed === undefined ? "unchanged" : "updated";
  return { kind: "open", url: open.url, title: isCurrent ? open.title : text.title, outcome, isLeft: false };
}

function textOf(
  { message, plan, base }: PushedBranch,
  policies: ReviewUnit["policies"],
  { object }: ReviewContext,
): PullRequestText {
  const note = `Asked for by the ImageUpdateAutomation \`${automationOf(object)}\`. Close this to refuse these images; push to its branch, and it is left to you.`;
  const asks = asksOf(changedPolicies(plan, policies));
  return composePullRequest({
    message,
    changes: plan.changes,
    files: plan.files,
    base: base.tree,
    note,
    by: object.metadata.uid ?? "",
    asks,
  });
}

/** Only people can say what becomes of their commits. */
function branchTaken(branch: string, { object }: ReviewContext): StepError {
  const message = `branch '${branch}' has commits of others and no open pull request: merge or delete it, or name another one in spec.git.push.branch`;
  return new StepError(pullRequestFailed, message, { retryAfterMs: parseDuration(object.spec.interval) });
}
