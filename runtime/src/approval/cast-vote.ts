import type { Approval, ApprovalVote } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import { EddyError } from "@eddy/core/errors";
import type { ApprovalState } from "./determine-approval.ts";
import {
  evaluateApproval,
  readApproval,
  retryConflicts,
  writeStatus,
  type ApprovalKey,
  type ApprovalPorts,
} from "./evaluate.ts";
import { mayVote } from "./voting-rights.ts";

/** Who votes, and how. */
export interface Ballot {
  readonly voter: string;
  readonly groups?: readonly string[];
  readonly choice: ApprovalVote["choice"];
  readonly via: string;
}

const maxVotes = 200;

/**
 * Adds a vote and resolves with where the Approval stands then. The same vote again changes nothing.
 * @throws EddyError VOTE_REFUSED (terminal): decided already, too late, or RBAC does not let the voter `approve`.
 */
export async function castVote(key: ApprovalKey, ballot: Ballot, ports: ApprovalPorts): Promise<ApprovalState> {
  const { kube, clock } = ports;
  if (!(await mayVote(kube, key, ballot.voter, ballot.groups ?? [])))
    throw refused(
      `${JSON.stringify(ballot.voter)} may not vote on ${key.namespace}/${key.name}: RBAC has to allow the verb "approve" on approvals.eddy.sh`,
    );
  return retryConflicts(async () => {
    const approval = await readApproval(kube, key);
    const before = await evaluateApproval(approval, ports);
    if (hasVoted(approval, ballot)) return before;
    if (before.phase !== "Pending" && before.phase !== "Rejected" && before.phase !== "Approved")
      throw refused(`${key.namespace}/${key.name} takes no votes any more: ${before.message}`);
    const current = await readApproval(kube, key);
    const votes = current.status?.votes ?? [];
    if (votes.length >= maxVotes)
      throw refused(`${key.namespace}/${key.name} has ${maxVotes} votes: that is all it takes`);
    const voted = { ...current, status: { ...current.status, votes: [...votes, voteOf(ballot, clock.now())] } };
    await writeStatus(kube, voted);
    return evaluateApproval(await readApproval(kube, key), ports);
  });
}

function hasVoted({ status }: Approval, { voter, choice }: Ballot): boolean {
  return status?.votes?.findLast((vote) => vote.voter === voter)?.choice === choice;
}

function voteOf({ voter, groups, choice, via }: Ballot, nowMs: number): ApprovalVote {
  return {
    voter,
    ...(groups && groups.length > 0 ? { groups: [...groups] } : {}),
    choice,
    time: formatTime(new Date(nowMs)),
    via,
  };
}

function refused(message: string): EddyError {
  return new EddyError("VOTE_REFUSED", message, { class: "terminal" });
}
