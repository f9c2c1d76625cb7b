import { helmReasons, type HelmRelease } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { formatDuration } from "@eddy/core/duration";
import type { Conclusion, Outcome } from "@eddy/runtime/controller";
import { messages } from "./messages.ts";
import { determinePassEnd, type LoopStop } from "./plan-action.ts";
import { patchOf, type ReleasePass } from "./release-pass.ts";
import { activeRemediation } from "./remediation.ts";
import { summarizeConditions, type Summary } from "./summarize.ts";

/** Ends the pass after its last action. */
export function conclude(pass: ReleasePass, stop: LoopStop, error?: Error): Outcome<HelmRelease> {
  const { object, status, ports } = pass;
  const end = determinePassEnd(stop, object, status, ports.settings);
  const shown = readyOf(pass);
  const ready: Summary =
    error && shown.status === "True"
      ? { status: "False", reason: helmReasons.reconcileError, message: error.message }
      : shown;
  switch (end.kind) {
    case "settled":
      return finish(pass, { ready, observed: true, next: { kind: "interval", afterMs: undefined } });
    case "again":
      // An action that wrote no revision leaves it at what it was doing.
      return finish(pass, {
        ready,
        ...(error ? { keepsReconciling: true } : { retrying: ready.message }),
        observed: false,
        next: { kind: "retry" },
      });
    case "retryAfter": {
      const retrying = `retrying after ${formatDuration(end.intervalMs)}`;
      return finish(pass, { ready, retrying, observed: true, next: { kind: "interval", afterMs: end.intervalMs } });
    }
    case "exhausted":
      return exhausted(pass);
  }
}

/** Nothing more is to be done: Ready repeats what the release's conditions say. */
export function concludeInStep(pass: ReleasePass, isRoutine: boolean): Outcome<HelmRelease> {
  const ready = readyOf(pass);
  return finish(pass, { ready, observed: true, next: { kind: "interval", afterMs: undefined } }, isRoutine);
}

/** No attempts are left: stalled until something changes, unless such releases are tried again, ever more slowly. */
export function exhausted(pass: ReleasePass): Outcome<HelmRelease> {
  const { status, ports } = pass;
  const { failures = 0, action = "install" } = activeRemediation(pass.object, status) ?? {};
  const message = messages.gaveUp(action, failures);
  if (!ports.settings.retryExhausted) return stalled(pass, helmReasons.retriesExceeded, message);
  const waitMs = exhaustedRetryMs(pass);
  const retrying = `${message}: retrying in ${formatDuration(waitMs)}`;
  return finish(pass, { ready: readyOf(pass), retrying, observed: true, next: { kind: "after", afterMs: waitMs } });
}

/** Stalled beside whatever Ready says. */
export function stalled(pass: ReleasePass, reason: string, message: string): Outcome<HelmRelease> {
  const shown = readyOf(pass);
  const ready: Summary = shown.status === "Unknown" ? { status: "False", reason, message } : shown;
  return finish(pass, { ready, stalled: { reason, message }, observed: true, next: { kind: "onChange" } });
}

/** An action was told to stop, by `Kind/namespace/name` or, when undefined, because the process stops. */
export function concludeCancelled(pass: ReleasePass, because: string | undefined): Outcome<HelmRelease> {
  const { run } = pass;
  if (because !== undefined) {
    const message = `Health checks canceled due to new reconciliation triggered by ${because}`;
    run.event({ severity: "info", reason: helmReasons.healthCheckCanceled, message });
  }
  const ready: Summary =
    because === undefined
      ? {
          status: "Unknown",
          reason: "Progressing",
          message: "the controller stopped: the release will be looked at again",
        }
      : {
          status: "False",
          reason: helmReasons.healthCheckCanceled,
          message: `New reconciliation triggered by ${because}`,
        };
  return finish(pass, { ready, retrying: ready.message, observed: false, next: { kind: "after", afterMs: 0 } });
}

const initialRetryMs = 30_000;
const maxRetryMs = 900_000;

/**
 * How long to wait until a release without attempts left is tried again: from half a minute, doubled with each failure, to a
 * quarter of an hour, counted from its last deployment; 0 when that is over.
 */
export function exhaustedRetryMs({ status, object, ports }: Pick<ReleasePass, "status" | "object" | "ports">): number {
  const { failures = 1 } = activeRemediation(object, status) ?? {};
  const delayMs = Math.min(maxRetryMs, initialRetryMs * 2 ** Math.min(Math.max(failures - 1, 0), 20));
  const lastMs = Math.max(0, ...(status.history ?? []).map(({ lastDeployed }) => Date.parse(lastDeployed) || 0));
  return Math.max(0, Math.min(delayMs, lastMs + delayMs - ports.clock.now()));
}

function readyOf({ run, object }: ReleasePass): Summary {
  const summary = summarizeConditions(run.conditions, object);
  const ready = summary ?? findCondition(run.conditions, "Ready");
  if (!ready) return { status: "Unknown", reason: "Progressing", message: "reconciliation in progress" };
  const { status, reason, message } = ready;
  return { status, reason, message };
}

function finish(pass: ReleasePass, conclusion: Conclusion, isRoutine = false): Outcome<HelmRelease> {
  return pass.run.concluded(conclusion, patchOf(pass.status), { isRoutine });
}
