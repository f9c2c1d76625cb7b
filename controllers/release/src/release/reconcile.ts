import type { Release, WorkloadRelease } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import { EddyError, messageOf } from "@eddy/core/errors";
import { parseDuration } from "@eddy/core/duration";
import { refOf } from "@eddy/core/object";
import { isGitError } from "@eddy/git";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { requestLook } from "@eddy/runtime/source-write";
import { changedWorkloads, deadlineOf, deliverersOf, observeApplied, observeRollout } from "./await-release.ts";
import { askForVotes, closeVotes } from "./ask-for-votes.ts";
import { boundPlan } from "./bound-plan.ts";
import { commitRelease } from "./commit-release.ts";
import type { Applied } from "./determine-applied.ts";
import { determineState } from "./determine-state.ts";
import { openPass, type ReleasePass } from "./pass.ts";
import { planRelease } from "./plan-release.ts";
import type { ReleasePorts } from "./ports.ts";
import { approvalRefused, changeOf, type Votes } from "./release-votes.ts";
import { releasedEvent, resultOf } from "./words.ts";

/**
 * One level-based pass over one Release: goes on from what is written down, until it is done or has to wait. Idempotent: a commit that
 * was made before a restart is found on the branch.
 */
export async function reconcileRelease(run: Run<Release>, ports: ReleasePorts): Promise<Outcome<Release>> {
  const pass = openPass(run, ports);
  for (;;) {
    const outcome = await advance(pass);
    if (outcome) return outcome;
  }
}

/** One state's action; undefined: the next state is reached. */
async function advance(pass: ReleasePass): Promise<Outcome<Release> | undefined> {
  const { release, ports } = pass;
  const state = determineState(release.spec, release.status);
  switch (state.kind) {
    case "Unplanned":
      return plan(pass);
    case "Planned":
      return succeed(pass);
    case "Unapproved":
      return approve(pass);
    case "Uncommitted":
      return commit(pass, state.repository);
    case "Unrequested":
      return requestDelivery(pass);
    case "Unapplied":
      return awaitApplied(pass);
    case "Unready":
      return follow(pass, await observeRollout(release, ports), "RolloutFailed") ?? succeed(pass);
    case "Done":
      return expire(pass);
  }
}

async function plan(pass: ReleasePass): Promise<Outcome<Release> | undefined> {
  const { run, ports, release, save } = pass;
  const startTime = release.status?.startTime ?? formatTime(new Date(run.startedAtMs));
  run.progress("planning");
  try {
    const whole = await run.step("Plan", () => planRelease(release, ports, run.signal), { reason: "PlanFailed" });
    const planned = boundPlan(whole.workloads, (text) => ports.masker.of(release.metadata.namespace).mask(text));
    const count = planned.filter(({ status }) => status === "success").length;
    const said = `Planned: ${count} of ${whole.workloads.length} workloads change`;
    const isApproved = release.status?.approval !== undefined && isSamePlan(release, planned);
    const phase = whole.votes.votesRequired === 0 || isApproved ? "Committing" : "AwaitingApproval";
    await save({ startTime, phase, workloads: planned, ...(isApproved ? {} : { approval: null }) }, said);
    return undefined;
  } catch (error) {
    const isLate = ports.clock.now() >= deadlineOf({ ...release, status: { ...release.status, startTime } });
    // The time runs from the first try on.
    run.onFailure(() => ({ startTime, phase: "Planning" }));
    if (run.signal.aborted || !isFinal(error, isLate)) throw error;
    return fail(pass, `plan failed: ${messageOf(error)}`, "PlanFailed");
  }
}

/** While people voted, tags may have moved and workloads changed: then what they voted on is not what would be done. */
function isSamePlan({ spec, status }: Release, planned: readonly WorkloadRelease[]): boolean {
  return changeOf(spec, status?.workloads ?? []).digest === changeOf(spec, planned).digest;
}

async function approve(pass: ReleasePass): Promise<Outcome<Release> | undefined> {
  const { run, ports, release, save } = pass;
  const votes = await run.step("Approve", () => askOrRefuse(release, ports), { reason: "ApprovalFailed" });
  // People's time is not the release's: it begins now, with a look at what has become of the plan.
  const anew = { phase: "Planning", startTime: formatTime(new Date(ports.clock.now())) } as const;
  switch (votes.kind) {
    case "unneeded":
      await save(anew, "No votes are needed any more");
      return undefined;
    case "granted":
      await save({ ...anew, approval: votes.approval }, `Votes: ${votes.message}`);
      return undefined;
    case "refused":
      return fail(pass, votes.message, approvalRefused);
    case "missing": {
      const isTold = run.conditions.some(({ type, message }) => type === "Ready" && message === votes.message);
      const wait = { retryAfterMs: votesAgainMs, ...(isTold ? { eventMessage: "" } : {}) };
      return run.waiting("ApprovalRequired", votes.message, wait);
    }
  }
}

/** An annotation that cannot be read must not pass as "none", nor be waited for. */
async function askOrRefuse(release: Release, ports: ReleasePorts): Promise<Votes> {
  try {
    return await askForVotes(release, ports);
  } catch (error) {
    if (!(error instanceof EddyError) || error.code !== "INVALID_APPROVAL") throw error;
    return { kind: "refused", message: error.message };
  }
}

/** Votes are watched; a deadline is not. */
const votesAgainMs = 60_000;

async function commit(pass: ReleasePass, repository: string): Promise<Outcome<Release> | undefined> {
  const { run, ports, release } = pass;
  const all = release.status?.workloads ?? [];
  const own = changedWorkloads(release).filter((workload) => workload.repository === repository);
  run.progress(`committing to GitRepository "${repository}"`);
  try {
    const made = await run.step("Commit", () => commitRelease(release, own, ports, run.signal), {
      reason: "PushFailed",
    });
    const bounded = boundPlan(made.workloads, (text) => ports.masker.of(release.metadata.namespace).mask(text));
    const byId = new Map(bounded.map((workload) => [workload.id, workload]));
    const workloads = all.map((workload) => byId.get(workload.id) ?? workload);
    const commits = [...(release.status?.commits ?? []), ...(made.commit ? [made.commit] : [])];
    const what = made.commit ? `Pushed ${made.commit.revision}` : "Nothing to push";
    await pass.save({ workloads, commits }, `${what} to GitRepository "${repository}"`);
    return undefined;
  } catch (error) {
    if (run.signal.aborted || !isFinal(error, ports.clock.now() >= deadlineOf(release))) throw error;
    return fail(pass, `push to GitRepository "${repository}" failed: ${messageOf(error)}`, "PushFailed");
  }
}

/** What passes by itself, as long as there is time. */
const passing = ["unreachable", "timeout", "protocol"] as const;

/** Whether somebody answered no, in contrast to who is away: nobody expects a change of images an hour later. */
function isFinal(error: unknown, isLate: boolean): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (isLate) return true;
  if (isGitError(cause)) return !isGitError(cause, ...passing);
  return cause instanceof EddyError && (cause.class === "terminal" || finalCodes.has(cause.code));
}

/** What only another commit, or another login, can mend. */
const finalCodes: ReadonlySet<string> = new Set(["GIT_AUTH", "GIT_SIGNING_KEY", "BUILD_FAILED"]);

async function requestDelivery({ run, ports, release, save }: ReleasePass): Promise<undefined> {
  await run.step("CloseApproval", () => closeVotes(release, ports));
  await run.step("RequestDelivery", () => requestLook(deliverersOf(release), ports, "release-controller"));
  await save({ phase: "Applying" });
}

async function awaitApplied(pass: ReleasePass): Promise<Outcome<Release> | undefined> {
  const { release, ports } = pass;
  const seen = await observeApplied(release, ports);
  const pushedMs = Math.max(...(release.status?.commits ?? []).map(({ time }) => Date.parse(time)));
  // A request may have been overlooked: somebody else's annotation took its place.
  if (seen.kind === "waiting" && ports.clock.now() - pushedMs > lookAgainMs)
    await requestLook(deliverersOf(release), ports, "release-controller");
  const outcome = follow(pass, seen, "NotApplied");
  if (outcome) return outcome;
  if (!release.spec.wait) return succeed(pass);
  await pass.save({ phase: "RollingOut" }, "Applied, waiting for the rollout");
  return undefined;
}

const lookAgainMs = 5_000;

/** Undefined: go on. Waits hold no worker: what is waited for is watched. */
function follow(pass: ReleasePass, seen: Applied, reason: string): Outcome<Release> | undefined {
  const { release, ports, run } = pass;
  if (seen.kind === "applied") return undefined;
  if (seen.kind === "failed") return fail(pass, seen.message, reason);
  if (ports.clock.now() >= deadlineOf(release))
    return fail(pass, `took longer than ${release.spec.timeout ?? "10m"}: ${seen.message}`, reason);
  return run.waiting("Progressing", seen.message, { retryAfterMs: lookAgainMs, eventMessage: "" });
}

function succeed(pass: ReleasePass): Outcome<Release> {
  const { release } = pass;
  const event = releasedEvent(release);
  return pass.finish("Succeeded", {
    message: resultOf(release),
    reason: "Succeeded",
    event,
    expireAfterMs: ttlOf(release),
  });
}

function fail(pass: ReleasePass, message: string, reason: string): Outcome<Release> {
  return pass.finish("Failed", { message, reason, expireAfterMs: ttlOf(pass.release) });
}

function ttlOf({ spec }: Release): number {
  return parseDuration(spec.ttl ?? "168h");
}

const shortestWaitMs = 60_000;

/** What is done is kept for a while, and nothing is written meanwhile. */
async function expire({ run, ports, release }: ReleasePass): Promise<Outcome<Release>> {
  const { status } = release;
  const leftMs = Date.parse(status?.completionTime ?? "") + ttlOf(release) - ports.clock.now();
  if (leftMs <= 0) await run.step("Expire", () => ports.kube.delete(refOf(release)));
  const afterMs = Math.max(leftMs, shortestWaitMs);
  const message = status?.result ?? "";
  if (status?.phase === "Succeeded") return run.succeeded({}, { message, requeueAfterMs: afterMs, isRoutine: true });
  const reason = run.conditions.find(({ type }) => type === "Ready")?.reason ?? "Failed";
  const ready = { status: "False", reason, message } as const;
  const next = { kind: "after", afterMs } as const;
  return run.concluded({ ready, stalled: { reason, message }, observed: true, next }, {}, { isRoutine: true });
}
