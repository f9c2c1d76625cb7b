import { eddyGroup, type ApprovalVote } from "@eddy/api";
import { valueAt } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

/** Which of these voters may vote on this Approval now: the API server is asked whether each may `approve` it. */
export async function votingRights(
  kube: KubeClient,
  approval: { namespace: string; name: string },
  votes: readonly Pick<ApprovalVote, "voter" | "groups">[],
): Promise<ReadonlySet<string>> {
  const voters = new Map(votes.map(({ voter, groups }) => [voter, groups ?? []]));
  const answers = await Promise.all(
    [...voters].map(async ([voter, groups]) => ((await mayVote(kube, approval, voter, groups)) ? [voter] : [])),
  );
  return new Set(answers.flat());
}

/** Whether RBAC lets this person `approve` approvals of the group eddy.sh. */
export async function mayVote(
  kube: KubeClient,
  { namespace, name }: { namespace: string; name: string },
  user: string,
  groups: readonly string[],
): Promise<boolean> {
  const review = await kube.create({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    metadata: { name: "" },
    spec: {
      user,
      groups: [...groups],
      resourceAttributes: { group: eddyGroup, resource: "approvals", verb: "approve", namespace, name },
    },
  });
  return valueAt(review, "status", "allowed") === true;
}
