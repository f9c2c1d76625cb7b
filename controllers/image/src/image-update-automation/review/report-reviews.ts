import type { ImageUpdateAutomation } from "@eddy/api";
import { findCondition, formatTime, isTrue } from "@eddy/core/conditions";
import type { Outcome, Run, RunEvent, StatusPatch } from "@eddy/runtime/controller";
import { StepError } from "@eddy/runtime/controller";
import { reportHeld } from "../report-held.ts";
import type { ReviewOutcome, UnitResult } from "./propose-unit.ts";
import { openReviewsCondition } from "./words.ts";

/** What a pass has done. */
export interface ReviewReport {
  readonly results: readonly UnitResult[];
  readonly failures: readonly StepError[];
}

/** In events: where the pull request is to be seen. */
const metadataKey = "eddy.sh/pull-request";
const left = "left to who committed to its branch";
const refused = "not asked for again, since a person closed the pull request or changed them back";
const upToDate = "repository up-to-date";
const maxShown = 20;
/** A condition's message has an end. */
const maxHeld = 100;
const staleAgainMs = 1_000;

/** Tells what has become of one pull request; what is as it was is no news. */
export function reportReview(run: Run<ImageUpdateAutomation>, { review, pushed }: UnitResult, branch: string): void {
  const event = review && eventOf(review, { commit: pushed?.commit, branch, known: knownOf(run) });
  if (event) run.event(event);
}

function knownOf({ object }: Run<ImageUpdateAutomation>): string {
  return findCondition(object.status?.conditions, openReviewsCondition)?.message ?? "";
}

function eventOf(
  review: ReviewOutcome,
  { commit, branch, known }: { commit: string | undefined; branch: string; known: string },
): RunEvent | undefined {
  if (review.kind === "postponed") return undefined;
  const metadata = { [metadataKey]: review.url };
  const info = (reason: string, message: string): RunEvent => ({ severity: "info", reason, message, metadata });
  if (review.kind === "closed") return info("PullRequestClosed", `closed pull request ${review.url}: ${review.why}`);
  if (review.isLeft)
    return known.includes(describe(review)) ? undefined : info("PullRequestLeft", `pull request ${describe(review)}`);
  if (review.outcome === "unchanged") return undefined;
  const verb = review.outcome === "created" ? "opened" : "updated";
  const where = commit === undefined ? "" : ` with commit '${commit.slice(0, 7)}' on branch '${branch}'`;
  const reason = review.outcome === "created" ? "PullRequestOpened" : "PullRequestUpdated";
  return info(reason, `${verb} pull request ${review.url}${where}\n${review.title}`);
}

function describe({ url, isLeft }: Extract<ReviewOutcome, { kind: "open" }>): string {
  return isLeft ? `${url} (${left})` : url;
}

/**
 * Conditions and the end of the pass: Ready where nothing failed, with the addresses of what waits for people.
 * @throws StepError the first failure
 */
export function concludeReviews(
  run: Run<ImageUpdateAutomation>,
  { results, failures }: ReviewReport,
  observed: StatusPatch<ImageUpdateAutomation>,
): Outcome<ImageUpdateAutomation> {
  const held = results.flatMap(({ closed, takenBack }) => [...closed, ...takenBack]);
  const [first] = failures;
  if (first) throw withCount(first, failures.length);
  reportHeld(run, new Map(held.slice(0, maxHeld)), refused);
  const open = results.flatMap(({ review }) => (review?.kind === "open" ? [describe(review)] : []));
  const postponed = results.filter(({ review }) => review?.kind === "postponed").length;
  const message = messageOf(open, postponed);
  if (open.length === 0) run.removeCondition(openReviewsCondition);
  else run.setCondition({ type: openReviewsCondition, status: "True", reason: "AwaitingReview", message: shown(open) });
  const wasReady = isTrue(run.object.status?.conditions, "Ready");
  const isRoutine = wasReady && results.every(({ review, pushed }) => !pushed && isUnchanged(review));
  const isStale = results.some((result) => result.isStale);
  return run.succeeded(
    { ...observed, lastAutomationRunTime: formatTime(new Date(run.startedAtMs)) },
    {
      message,
      event: { severity: wasReady ? "trace" : "info", reason: "Succeeded", message },
      isRoutine,
      ...(isStale ? { requeueAfterMs: staleAgainMs } : {}),
    },
  );
}

function isUnchanged(review: ReviewOutcome | undefined): boolean {
  return (
    review === undefined || (review.kind === "open" && review.outcome === "unchanged") || review.kind === "postponed"
  );
}

function messageOf(open: readonly string[], postponed: number): string {
  const more = postponed === 0 ? "" : `; ${postponed} more wait until fewer are open`;
  return open.length === 0 ? `${upToDate}${more}` : `waits for review: ${shown(open)}${more}`;
}

function shown(texts: readonly string[]): string {
  const more = texts.length > maxShown ? `, and ${texts.length - maxShown} more` : "";
  return `${texts.slice(0, maxShown).join(", ")}${more}`;
}

function withCount(first: StepError, count: number): StepError {
  if (count === 1) return first;
  const { reason, message, class: errorClass, retryAfterMs, cause } = first;
  return new StepError(reason, `${message} (and ${count - 1} more)`, {
    class: errorClass,
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
