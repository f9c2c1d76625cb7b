import { helmReasons, type HelmRelease } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import { StepError, type Outcome } from "@eddy/runtime/controller";
import { isRequested } from "./attempt.ts";
import { conclude, concludeCancelled, concludeInStep, exhausted, exhaustedRetryMs, stalled } from "./conclude.ts";
import { messages } from "./messages.ts";
import { observeState, type ObservedState } from "./observe-state.ts";
import { performAction } from "./perform-action.ts";
import { actionTypes, planAction, type ActionPlan, type ReleaseActionName } from "./plan-action.ts";
import { stage, summarize, timeoutOf, type ReleasePass } from "./release-pass.ts";
import { markInStep } from "./mark-in-step.ts";
import { watchForCancellation } from "./watch-for-cancellation.ts";

/**
 * Brings a release in step: looks at its state, runs the one action for it, and again, until nothing is left to do, an action would
 * run twice, or a failure was remediated. Source: helm-controller reconcile/atomic_release.go.
 * @throws StepError StateError (retry) when the state cannot be seen
 */
export async function runRelease(pass: ReleasePass): Promise<Outcome<HelmRelease>> {
  const cancellation = watchForCancellation(pass.run, pass.ports);
  const performed = new Set<string>();
  let isForced = takeForceRequest(pass);
  try {
    for (;;) {
      const observed = await observe(pass);
      const plan = planNext(pass, observed, isForced);
      isForced = false;
      if (plan.do !== "giveUp" && plan.history) pass.status.history = plan.history;
      if (plan.do === "giveUp") return exhausted(pass);
      if (plan.do === "nothing") {
        markInStep(pass, observed);
        summarize(pass);
        return concludeInStep(pass, performed.size === 0);
      }
      const type = actionTypes[plan.action];
      if (performed.has(type)) return conclude(pass, "repeated");
      await begin(pass, plan, performed.size > 0);
      performed.add(type);
      const end = await performAction(pass, plan.action, observed, cancellation.signal);
      summarize(pass);
      stage(pass);
      if (end.kind === "cancelled") return concludeCancelled(pass, cancellation.reason());
      if (end.kind === "errored") return conclude(pass, "errored", end.error);
      if (type === "remediate") return conclude(pass, "remediated");
    }
  } catch (error) {
    if (!(error instanceof EddyError) || error.code !== "ROLLBACK_TARGET_MISSING") throw error;
    return stalled(pass, helmReasons.missingRollbackTarget, `Failed to perform remediation: ${error.message}`);
  } finally {
    cancellation.end();
    stage(pass);
  }
}

// Handled once, whatever comes of it.
function takeForceRequest({ object, status }: ReleasePass): boolean {
  const isForced = isRequested(object, status, "force");
  const value = object.metadata.annotations?.["reconcile.fluxcd.io/forceAt"];
  if (value !== undefined) status.lastHandledForceAt = value;
  return isForced;
}

async function observe(pass: ReleasePass): Promise<ObservedState> {
  try {
    return await observeState(pass);
  } catch (cause) {
    if (pass.run.signal.aborted) throw pass.run.signal.reason;
    throw new StepError(helmReasons.stateError, `Could not determine release state: ${messageOf(cause)}`, {
      class: "retry",
      cause,
    });
  }
}

// A release without attempts left may be tried again once it has waited long enough.
function planNext(pass: ReleasePass, { state }: ObservedState, isForced: boolean): ActionPlan {
  const { object, status, ports } = pass;
  const { defaultToRetryOnFailure, retryExhausted } = ports.settings;
  const facts = { state, status, isForced, defaultToRetryOnFailure };
  const plan = planAction(object, facts);
  const isDue = plan.do === "giveUp" && retryExhausted && exhaustedRetryMs(pass) === 0;
  return isDue ? planAction(object, { ...facts, isForced: true }) : plan;
}

/**
 * Says what is about to run. The status is written first where the release would be lost track of if the process ended now: on its
 * first install, and after another action.
 */
async function begin(
  { run, object, status }: ReleasePass,
  { action, because }: Extract<ActionPlan, { do: "act" }>,
  isFurther: boolean,
): Promise<void> {
  const name = action === "correct" ? "correct cluster drift" : action;
  const message = messages.running(name, formatDuration(timeoutOf(object, timedAction(action))));
  run.progress(message, actionTypes[action] === "release" ? message : null);
  run.logger.log("info", message, { because });
  stage({ run, status });
  if (isFurther || object.status?.storageNamespace !== status.storageNamespace) await run.saveStatus();
}

function timedAction(action: ReleaseActionName): Parameters<typeof timeoutOf>[1] {
  return action === "unlock" || action === "correct" ? undefined : action;
}
