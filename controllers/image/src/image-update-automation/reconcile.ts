import { imagePolicyKind, pullRequestsAnnotation, type ImagePolicy, type ImageUpdateAutomation } from "@eddy/api";
import { formatTime, isTrue } from "@eddy/core/conditions";
import { openRepository, type GitRemote, type ResolvedRef } from "@eddy/git";
import type { Outcome, Run, RunEvent, StatusPatch } from "@eddy/runtime/controller";
import { commitUpdate, type CommittedUpdate } from "./commit-update.ts";
import { loadSigner } from "./load-signer.ts";
import type { Ports } from "./ports.ts";
import { reportHeld } from "./report-held.ts";
import { requestSources } from "./request-source.ts";
import { openReviewsCondition } from "./review/words.ts";
import { resolveSource, type UpdateSource } from "./resolve-source.ts";
import { observedPoliciesOf, policiesChanged, selectPolicies } from "./select-policies.ts";
import { checkoutFailure } from "./words.ts";

const readyMessage = "repository up-to-date";

/** One level-based pass over one ImageUpdateAutomation: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileImageUpdate(
  run: Run<ImageUpdateAutomation>,
  ports: Ports,
): Promise<Outcome<ImageUpdateAutomation>> {
  const { object } = run;
  announce(run);
  const lastAutomationRunTime = formatTime(new Date(run.startedAtMs));
  run.onFailure(() => ({ lastAutomationRunTime }));
  const all = ports.caches.of<ImagePolicy>(imagePolicyKind);
  await all.synced;
  const policies = await run.step("SelectPolicies", () => selectPolicies(object, all.list()));
  const source = await run.step("ResolveSource", () => resolveSource(object, ports));
  const sign = await run.step("LoadSigner", () => loadSigner(object, ports));
  const remote = openRepository(source.url, source.open);
  try {
    if (object.metadata.annotations?.[pullRequestsAnnotation] !== undefined) {
      const { reconcileReviews } = await import("./review/reconcile-reviews.ts");
      return await reconcileReviews(run, { remote, source, policies, sign }, ports);
    }
    run.removeCondition(openReviewsCondition);
    const checkout = await run.step("Poll", () => poll(remote, source, run.signal));
    const isSynced = !needsSync(object, source) && !policiesChanged(object.status?.observedPolicies, policies);
    if (isSynced && object.status?.observedSourceRevision === checkout.revision)
      return upToDate(run, { lastAutomationRunTime }, "no change since last reconciliation");
    const update = await run.step("Update", () =>
      commitUpdate(run, { remote, source, policies, checkout, sign }, ports),
    );
    reportHeld(run, update.held);
    const { pushed } = update;
    // The commit is made; that a source is not asked at once must not undo the pass.
    if (pushed) await requestSources(source.repository, pushed, ports);
    const observed: StatusPatch<ImageUpdateAutomation> = {
      lastAutomationRunTime,
      observedPolicies: policies.length === 0 ? null : observedPoliciesOf(policies),
      observedSourceRevision: pushed && !source.target.isOtherBranch ? pushed.revision : update.checkoutRevision,
    };
    if (!pushed) return upToDate(run, observed, readyMessage);
    const status = {
      ...observed,
      lastPushCommit: pushed.commit,
      lastPushTime: formatTime(new Date(ports.clock.now())),
    };
    return run.succeeded(status, { message: readyMessage, event: info(summaryOf(source, update)) });
  } finally {
    remote.close();
  }
}

function announce(run: Run<ImageUpdateAutomation>): void {
  const { generation = 0 } = run.object.metadata;
  const observed = run.object.status?.observedGeneration ?? -1;
  run.progress(
    generation === observed
      ? "reconciliation in progress"
      : `processing object: new generation ${observed} -> ${generation}`,
  );
}

async function poll(remote: GitRemote, { target, url }: UpdateSource, signal: AbortSignal): Promise<ResolvedRef> {
  try {
    return await remote.resolve(target.checkout, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw checkoutFailure(cause, url);
  }
}

/** A branch of its own, or another ref, may have moved without the branch that is looked at. */
function needsSync({ status }: ImageUpdateAutomation, { target }: UpdateSource): boolean {
  return target.isOtherBranch || target.refspec !== undefined || !status?.observedSourceRevision;
}

/** Nothing to commit. Told to all only where the pass before had failed. */
function upToDate(
  run: Run<ImageUpdateAutomation>,
  status: StatusPatch<ImageUpdateAutomation>,
  message: string,
): Outcome<ImageUpdateAutomation> {
  const wasReady = isTrue(run.object.status?.conditions, "Ready");
  const event: RunEvent = wasReady ? { severity: "trace", reason: "Succeeded", message } : info(readyMessage);
  return run.succeeded(status, { message: readyMessage, event, isRoutine: wasReady });
}

function info(message: string): RunEvent {
  return { severity: "info", reason: "Succeeded", message };
}

function summaryOf({ target }: UpdateSource, { pushed }: CommittedUpdate): string {
  const refspec = target.refspec === undefined ? "" : ` and refspecs '${target.refspec}'`;
  const message = pushed?.message ?? "";
  const commit = pushed?.commit.slice(0, 7) ?? "";
  return `pushed commit '${commit}' to branch '${target.branch}'${refspec}${message === "" ? "" : `\n${message}`}`;
}
