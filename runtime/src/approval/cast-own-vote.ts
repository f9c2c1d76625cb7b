import { eddyGroup, type Approval, type ApprovalVote } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import type { Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import { valueAt } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { readApproval, retryConflicts, writeStatus, type ApprovalKey } from "./evaluate.ts";

/**
 * Votes as whoever the client is, without rights that only Eddy has: the API server says who that is, and whether they may. Resolves
 * with the voter's name; whether it counts, Eddy says in the status.
 * @throws EddyError VOTE_REFUSED (terminal); KubeApiError
 */
export async function castOwnVote(
  key: ApprovalKey,
  choice: ApprovalVote["choice"],
  { kube, clock }: { kube: KubeClient; clock: Clock },
): Promise<{ voter: string; approval: Approval }> {
  const { voter, groups } = await whoAmI(kube);
  if (!(await mayApprove(kube, key)))
    throw refused(`${JSON.stringify(voter)} may not vote: RBAC has to allow the verb "approve" on approvals.eddy.sh`);
  const vote: ApprovalVote = { voter, groups, choice, time: formatTime(new Date(clock.now())), via: "cli" };
  const approval = await retryConflicts(async () => {
    const current = await readApproval(kube, key);
    const { phase = "Pending", message = "", votes = [] } = current.status ?? {};
    if (votes.findLast((one) => one.voter === voter)?.choice === choice) return current;
    if (phase === "Done" || phase === "Expired" || phase === "Superseded")
      throw refused(`${key.namespace}/${key.name} takes no votes any more: ${message}`);
    if (Date.parse(current.spec.deadline) < clock.now())
      throw refused(`${key.namespace}/${key.name} takes no votes any more: its deadline was ${current.spec.deadline}`);
    const voted = { ...current, status: { ...current.status, votes: [...votes, vote] } };
    await writeStatus(kube, voted);
    return voted;
  });
  return { voter, approval };
}

async function whoAmI(kube: KubeClient): Promise<{ voter: string; groups: string[] }> {
  const review = await kube.create({
    apiVersion: "authentication.k8s.io/v1",
    kind: "SelfSubjectReview",
    metadata: { name: "" },
  });
  const groups = valueAt(review, "status", "userInfo", "groups");
  return {
    voter: String(valueAt(review, "status", "userInfo", "username") ?? ""),
    groups: Array.isArray(groups) ? (groups as string[]) : [],
  };
}

async function mayApprove(kube: KubeClient, { namespace, name }: ApprovalKey): Promise<boolean> {
  const review = await kube.create({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    metadata: { name: "" },
    spec: { resourceAttributes: { group: eddyGroup, resource: "approvals", verb: "approve", namespace, name } },
  });
  return valueAt(review, "status", "allowed") === true;
}

function refused(message: string): EddyError {
  return new EddyError("VOTE_REFUSED", message, { class: "terminal" });
}
