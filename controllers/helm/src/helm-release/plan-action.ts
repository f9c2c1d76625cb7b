import type { HelmRelease, HelmReleaseStatus, ReleaseSnapshot } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { ReleaseState } from "@eddy/runtime/helm";
import { limitHistory, truncateHistory } from "./history.ts";
import { activeRemediation, activeRetryInterval, remediationFor, type RetryDefaults } from "./remediation.ts";

/** What brings a release on. Of each type one runs in a pass. */
export type ReleaseActionName = "install" | "upgrade" | "test" | "unlock" | "rollback" | "uninstall" | "correct";

/** How actions are counted: one of each type a pass, and none after a remediation. */
export const actionTypes: Readonly<Record<ReleaseActionName, "release" | "test" | "unlock" | "remediate" | "correct">> =
  {
    install: "release",
    upgrade: "release",
    test: "test",
    unlock: "unlock",
    rollback: "remediate",
    uninstall: "remediate",
    correct: "correct",
  };

/** What is to be done about a release; `history` is what is kept of it, where that changes. */
export type ActionPlan =
  | { readonly do: "nothing"; readonly history?: ReleaseSnapshot[] }
  | {
      readonly do: "act";
      readonly action: ReleaseActionName;
      /** For people. */
      readonly because: string;
      readonly history?: ReleaseSnapshot[];
    }
  /** No attempts are left. */
  | { readonly do: "giveUp"; readonly because: string };

/** What {@link planAction} goes by, beside the spec. */
export interface ActionFacts extends RetryDefaults {
  state: ReleaseState;
  status: HelmReleaseStatus;
  /** A force request that was not handled yet. */
  isForced: boolean;
}

/** One action for each state, and the exceptions. Pure. Source: helm-controller reconcile/atomic_release.go `actionForState`. */
export function planAction(object: Pick<HelmRelease, "spec">, facts: ActionFacts): ActionPlan {
  const { state, status, isForced } = facts;
  switch (state.name) {
    case "InSync":
      return planInSync(object, facts);
    case "Locked":
      return act("unlock", `release locked: ${state.reason}`);
    case "Absent":
      return isForced || !remediationFor("install", object, status).isExhausted
        ? act("install", `release not installed: ${state.reason}`)
        : giveUp("cannot install release");
    case "Unmanaged":
      return { ...act("upgrade", `release not managed by controller: ${state.reason}`), history: [] };
    case "OutOfSync":
      return isForced || !remediationFor("upgrade", object, status).isExhausted
        ? act("upgrade", `release out-of-sync with desired state: ${state.reason}`)
        : giveUp("cannot upgrade release");
    case "Drifted":
      return object.spec.driftDetection?.mode === "enabled"
        ? act("correct", "detected changes in cluster state")
        : { do: "nothing" };
    case "Untested":
      return act("test", "release has not been tested");
    case "Failed":
      return planFailed(object, facts);
  }
}

// What led here is only kept as far as a rollback may need it.
function planInSync(object: Pick<HelmRelease, "spec">, { status, isForced, ...defaults }: ActionFacts): ActionPlan {
  const history = status.history ?? [];
  const ignoreTests =
    activeRemediation(object, status)?.ignoreTestFailures ?? object.spec.test?.ignoreFailures ?? false;
  const kept =
    activeRetryInterval(object, status, defaults) === undefined
      ? truncateHistory(history, { ignoreTests })
      : limitHistory(history);
  if (isForced) return { ...act("upgrade", "force requested through annotation"), history: kept };
  return { do: "nothing", history: kept };
}

function planFailed(
  object: Pick<HelmRelease, "spec">,
  { status, state, isForced, ...defaults }: ActionFacts,
): ActionPlan {
  const history = status.history ?? [];
  if (activeRetryInterval(object, status, defaults) !== undefined)
    return { ...act("upgrade", "retrying upgrade for failed release"), history: limitHistory(history) };
  const remediation = activeRemediation(object, status);
  if (!remediation) return act("upgrade", "no active remediation strategy");
  if (remediation.failures <= 0) return act("upgrade", "release conditions have changed since last failure");
  if (isForced) return act("upgrade", "force requested through annotation");
  if (remediation.isExhausted && !remediation.remediateLastFailure) return giveUp("cannot remediate failed release");
  const kept = truncateHistory(history, { ignoreTests: remediation.ignoreTestFailures });
  const because = state.reason === "" ? "release is in a failed state" : state.reason;
  return { ...act(remediation.strategy, because), history: kept };
}

function act(action: ReleaseActionName, because: string): Extract<ActionPlan, { do: "act" }> {
  return { do: "act", action, because };
}

function giveUp(because: string): ActionPlan {
  return { do: "giveUp", because: `exceeded maximum retries: ${because}` };
}

/** What was found where a rollback wants to go back to. */
export type RollbackTarget = "Verified" | "Missing" | "Altered";

/**
 * A rollback whose target is not there is none; one whose target somebody changed is another upgrade.
 * @throws EddyError ROLLBACK_TARGET_MISSING (terminal)
 */
export function planRollback(target: RollbackTarget): "rollback" | "upgrade" {
  if (target === "Missing")
    throw new EddyError(
      "ROLLBACK_TARGET_MISSING",
      "missing target release for rollback: cannot remediate failed release",
      { class: "terminal" },
    );
  return target === "Verified" ? "rollback" : "upgrade";
}

/** What follows once nothing more is to be done in a pass, and after which the next comes. */
export type PassEnd =
  /** In step, or as good as it gets: at the next interval. */
  | { readonly kind: "settled" }
  /** Another attempt at once (after a short delay that grows). */
  | { readonly kind: "again" }
  | { readonly kind: "retryAfter"; readonly intervalMs: number }
  /** Nothing before something changes. */
  | { readonly kind: "exhausted" };

/** Why the loop over actions ends. */
export type LoopStop =
  /** The next action's type has run already. */
  | "repeated"
  /** A remediation ran. */
  | "remediated"
  /** An action could not even begin. */
  | "errored";

/** What follows from the end of the loop. Pure. Source: helm-controller reconcile/atomic_release.go `Reconcile`. */
export function determinePassEnd(
  stop: LoopStop,
  object: Pick<HelmRelease, "spec">,
  status: HelmReleaseStatus,
  defaults: RetryDefaults,
): PassEnd {
  const intervalMs = activeRetryInterval(object, status, defaults);
  if (intervalMs !== undefined) return { kind: "retryAfter", intervalMs };
  if (stop === "errored") return { kind: "again" };
  const remediation = activeRemediation(object, status);
  if (!remediation?.isExhausted) return { kind: "again" };
  if (stop === "repeated") return { kind: "settled" };
  // Uninstalled after a failed upgrade: it is to be installed again.
  return remediation.action === "upgrade" && remediation.strategy === "uninstall"
    ? { kind: "again" }
    : { kind: "exhausted" };
}
