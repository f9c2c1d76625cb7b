import type { HistorySnapshot, Kustomization } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { KubeClient } from "@eddy/kube";
import { StepError } from "@eddy/runtime/controller";

/** To be called once what was approved is applied. */
export type CloseApproval = () => Promise<void>;

/**
 * Waits for the votes that the annotation `eddy.sh/approvals` asks for, before anything is applied that was not applied before. What
 * was built is what is voted on: a commit that changes nothing of it needs no votes.
 * @throws StepError ApprovalRequired (waiting), ApprovalFailed
 */
export async function requireVotes(
  object: Kustomization,
  built: { revision: string; digest: string },
  ports: { kube: KubeClient; clock: Clock },
): Promise<CloseApproval | undefined> {
  const { metadata, status } = object;
  if (metadata.annotations?.["eddy.sh/approvals"] === undefined) return undefined;
  if (lastAppliedDigest(status?.history) === built.digest) return undefined;
  const { requireApproval, closeApproval } = await import("@eddy/runtime/approval");
  const change = { from: status?.lastAppliedRevision ?? "nothing", to: built.revision, digest: built.digest };
  try {
    const approval = await requireApproval(object, change, ports);
    return approval && (() => closeApproval(approval, ports));
  } catch (cause) {
    if (cause instanceof StepError) throw cause;
    throw new StepError("ApprovalFailed", `ask for votes: ${messageOf(cause)}`, { cause });
  }
}

/** What was last applied with success; nothing where that is longer ago than the history goes. Pure. */
function lastAppliedDigest(history: readonly HistorySnapshot[] | undefined): string | undefined {
  return history?.find(({ lastReconciledStatus }) => lastReconciledStatus === "ReconciliationSucceeded")?.digest;
}
