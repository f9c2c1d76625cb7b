import { helmConditionTypes, helmReasons } from "@eddy/api";
import { ReleaseError, uninstallRelease } from "@eddy/runtime/helm";
import { StepError } from "@eddy/runtime/controller";
import { uninstallRequestOf } from "../action-requests.ts";
import { fullReleaseName, latestOf } from "../history.ts";
import { withLog } from "../log-buffer.ts";
import { messages } from "../messages.ts";
import { recordKnown } from "../record-history.ts";
import { announce, mark, type ReleasePass } from "../release-pass.ts";
import { runAction } from "./run-action.ts";

/**
 * Uninstalls the release that the history names and marks Released. One that is gone already is uninstalled.
 * @throws StepError UninstallFailed (retry)
 */
export async function uninstall(pass: ReleasePass, signal: AbortSignal): Promise<void> {
  const { object, status, ports } = pass;
  const latest = latestOf(status.history);
  if (!latest) return;
  const request = uninstallRequestOf(object, latest.name, ports.settings.helm3Defaults);
  const done = await runAction(pass, signal, (releasePorts) => uninstallRelease(request, releasePorts));
  for (const release of done.written.values()) status.history = recordKnown(status.history ?? [], release, "uninstall");
  const after = latestOf(status.history) ?? latest;
  const name = fullReleaseName(latest);
  if (done.error instanceof ReleaseError && done.error.code === "RELEASE_NOT_FOUND") {
    const text = done.error.message.includes("is already deleted")
      ? `Release ${name} was already uninstalled`
      : `Release ${name} was not found, assuming it is uninstalled`;
    return mark(pass, helmConditionTypes.released, "False", helmReasons.uninstallSucceeded, text);
  }
  if (!done.error) {
    const message = messages.succeeded("uninstall", after);
    delete status.inventory;
    mark(pass, helmConditionTypes.released, "False", helmReasons.uninstallSucceeded, message);
    return announce(pass, "info", helmReasons.uninstallSucceeded, message, after);
  }
  if (done.isCancelled) throw signal.reason;
  const message = messages.uninstallFailed(after, done.error.message);
  status.failures = (status.failures ?? 0) + 1;
  mark(pass, helmConditionTypes.released, "False", helmReasons.uninstallFailed, message);
  announce(pass, "error", helmReasons.uninstallFailed, withLog(message, done.log), after);
  throw new StepError(helmReasons.uninstallFailed, message, { class: "retry", cause: done.error, eventMessage: "" });
}
