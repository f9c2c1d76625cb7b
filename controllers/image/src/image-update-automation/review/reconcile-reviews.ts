import type { ImageUpdateAutomation } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import { listPullRequests, type PullRequest } from "@eddy/forge";
import { isGitError, type GitRemote, type PushedChange } from "@eddy/git";
import type { Outcome, Run, StatusPatch, StepError } from "@eddy/runtime/controller";
import type { GitSigner } from "@eddy/signature";
import type { Ports } from "../ports.ts";
import { requestSources } from "../request-source.ts";
import type { UpdateSource } from "../resolve-source.ts";
import { observedPoliciesOf, type ReadyPolicy } from "../select-policies.ts";
import { checkoutFailure, pushFailure } from "../words.ts";
import { planUpdate } from "../plan-update.ts";
import { closeReview } from "./close-review.ts";
import { changedPolicies } from "./name-change.ts";
import { openForge } from "./open-forge.ts";
import { proposeUnit, type UnitPorts, type UnitResult } from "./propose-unit.ts";
import { concludeReviews, reportReview, type ReviewReport } from "./report-reviews.ts";
import type { Base, ReviewContext } from "./review-context.ts";
import { endsAll, reviewFailure } from "./review-error.ts";
import { readReviewSettings } from "./settings.ts";
import { ownOf, retiredOf, unitsOf } from "./units.ts";

/** What the pass has found out before. */
export interface ReviewParts {
  readonly remote: GitRemote;
  readonly source: UpdateSource;
  readonly policies: readonly ReadyPolicy[];
  readonly sign: GitSigner | undefined;
}

/**
 * The rest of a pass over an automation that asks by pull requests. Level-based: what is open, refused and merged is read from the forge,
 * what is committed from the repository. Nothing is pushed where the forge does not answer.
 */
export async function reconcileReviews(
  run: Run<ImageUpdateAutomation>,
  { remote, source, policies, sign }: ReviewParts,
  ports: Ports,
): Promise<Outcome<ImageUpdateAutomation>> {
  const { object, signal } = run;
  const settings = await run.step("ReadSettings", () => readReviewSettings(object, source));
  const forge = await run.step("OpenForge", () => openForge(object, settings, source, ports));
  try {
    const access = { http: forge.http, token: forge.token, signal };
    const onPushed = async (pushed: PushedChange): Promise<void> => {
      run.stageStatus({ lastPushCommit: pushed.commit, lastPushTime: formatTime(new Date(ports.clock.now())) });
      await requestSources(source.repository, pushed, ports);
    };
    const context: ReviewContext = { object, settings, source, sign, access, signal, ports, onPushed };
    const open = await run.step("ListPullRequests", () => listOpen(context));
    const base = await run.step("Checkout", () => checkOut(remote, context));
    const report = await run.step("Propose", () => proposeAll(run, { remote, base, open, policies }, context));
    const observed: StatusPatch<ImageUpdateAutomation> = {
      observedPolicies: policies.length === 0 ? null : observedPoliciesOf(policies),
      observedSourceRevision: base.revision,
    };
    return concludeReviews(run, report, observed);
  } finally {
    forge.close();
  }
}

async function listOpen({ settings, access, signal }: ReviewContext): Promise<PullRequest[]> {
  try {
    return await listPullRequests(settings.forge, { state: "open", base: settings.base }, access);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw reviewFailure(cause, "failed to look at pull requests");
  }
}

async function checkOut(remote: GitRemote, { source, signal }: ReviewContext): Promise<Base> {
  try {
    return await remote.fetch(await remote.resolve(source.target.checkout, { signal }), { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw checkoutFailure(cause, source.url);
  }
}

interface Found {
  readonly remote: GitRemote;
  readonly base: Base;
  readonly open: readonly PullRequest[];
  readonly policies: readonly ReadyPolicy[];
}

/** One unit after the other; what one of them fails at keeps the others from nothing, unless the forge is away. */
async function proposeAll(
  run: Run<ImageUpdateAutomation>,
  { remote, base, open, policies }: Found,
  context: ReviewContext,
): Promise<ReviewReport> {
  const { object, settings, source, signal } = context;
  const { uid = "" } = object.metadata;
  const units = unitsOf(settings, source.target.branch, policies);
  const results: UnitResult[] = [];
  const failures: StepError[] = [];
  let count = ownOf(open, uid).length;
  const whole = planUpdate(base.tree, object, policies, context.ports.unmarked);
  const changed = new Set(changedPolicies(whole, policies).map(({ name }) => name));
  const known: UnitPorts = { remote, base, changed, mayOpen: () => count < settings.limit };
  const attempt = async (branch: string, action: () => Promise<UnitResult>): Promise<void> => {
    if (failures.some(endsAll)) return;
    try {
      const result = await action();
      if (result.review?.kind === "open" && result.review.outcome === "created") count++;
      results.push(result);
      reportReview(run, result, branch);
    } catch (cause) {
      if (signal.aborted) throw cause;
      failures.push(
        isGitError(cause) ? pushFailure(cause) : reviewFailure(cause, `pull request of branch '${branch}'`),
      );
    }
  };
  // What is over makes room.
  for (const pull of retiredOf(open, units, uid))
    await attempt(pull.head, async () => {
      const review = await closeReview(pull, known, context);
      if (review.kind === "closed") count--;
      return { review, closed: new Map(), takenBack: new Map(), pushed: undefined, isStale: false };
    });
  for (const unit of units) {
    const own = open.find(({ head }) => head === unit.branch);
    await attempt(unit.branch, () => proposeUnit(unit, { ...known, open: own }, context));
  }
  return { results, failures };
}
