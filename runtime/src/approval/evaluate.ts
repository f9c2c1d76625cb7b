import { approvalKind, eddyGroup, type Approval, type ApprovalPhase } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { deepEqual } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { determineApproval, type ApprovalState } from "./determine-approval.ts";
import { votingRights } from "./voting-rights.ts";

/** What looking at Approvals needs. */
export interface ApprovalPorts {
  readonly kube: KubeClient;
  readonly clock: Clock;
}

/** Where an Approval is. */
export interface ApprovalKey {
  readonly namespace: string;
  readonly name: string;
}

const fieldManager = "eddy-approvals";

/** The Approval of this name. @throws KubeApiError, also NotFound. */
export async function readApproval(kube: KubeClient, { namespace, name }: ApprovalKey): Promise<Approval> {
  return approvalKind.decode(await kube.get({ group: eddyGroup, kind: "Approval", namespace, name }));
}

/**
 * Determines where an Approval stands, with the rights that voters have now, and writes it down where that is news. `phase` forces
 * one that only whoever asked can know.
 */
export async function evaluateApproval(
  approval: Approval,
  { kube, clock }: ApprovalPorts,
  phase?: Extract<ApprovalPhase, "Done" | "Superseded">,
): Promise<ApprovalState> {
  const { spec, status, metadata } = approval;
  const votes = status?.votes ?? [];
  const allowed = await votingRights(kube, { namespace: metadata.namespace ?? "", name: metadata.name }, votes);
  const state = determineApproval({
    spec,
    votes,
    phase: phase ?? status?.phase,
    mayVote: (voter) => allowed.has(voter),
    nowMs: clock.now(),
  });
  const { message, voters } = state;
  const next = { ...status, phase: state.phase, message, voters: [...voters], votesReceived: voters.length };
  if (!deepEqual(status ?? {}, next)) await writeStatus(kube, { ...approval, status: next });
  return state;
}

/** @throws KubeApiError Conflict where somebody voted meanwhile: who asked looks again. */
export async function writeStatus(kube: KubeClient, approval: Approval): Promise<void> {
  await kube.replace(approval as KubeObject, { subresource: "status", fieldManager });
}

/** Runs what a vote cast meanwhile may have made pointless, a few times. */
export async function retryConflicts<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= 10 || !hasReason(error, "Conflict")) throw error;
    }
  }
}
