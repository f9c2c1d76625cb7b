import type { Approval } from "@eddy/api";
import { eddyGroup } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { JsonObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { hasReason, KubeApiError, type KubeClient } from "@eddy/kube";
import { castVote, findApproval, identifierOf, listApprovals, type ApprovalPorts } from "@eddy/runtime/approval";

/** Somebody whom the API server knows. */
export interface KnownUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** An answer with a body of JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Whose bearer token this is; undefined for nobody's. */
export async function reviewToken(kube: KubeClient, token: string): Promise<KnownUser | undefined> {
  const review = await kube.create({
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    metadata: { name: "" },
    spec: { token },
  });
  const name = valueAt(review, "status", "user", "username");
  if (valueAt(review, "status", "authenticated") !== true || typeof name !== "string" || name === "") return undefined;
  const groups = valueAt(review, "status", "user", "groups");
  return { name, groups: Array.isArray(groups) ? (groups as string[]) : [] };
}

/** `GET /v1/approvals`: those that the user may list, in Keel's shape. */
export async function getApprovals(user: KnownUser, { kube }: ApprovalPorts): Promise<ApiAnswer> {
  return answerFor(async () => {
    const approvals = await listApprovals(asUser(kube, user));
    return { status: 200, body: approvals.map(keelShape) };
  });
}

/** `POST /v1/approvals` with `{id or identifier, action: approve|reject|delete|archive}`; the voter is whose token it is. */
export async function postApproval(user: KnownUser, body: JsonObject, ports: ApprovalPorts): Promise<ApiAnswer> {
  return answerFor(async () => {
    const { id, identifier, action = "approve" } = body;
    const text = [id, identifier].find((value) => typeof value === "string" && value !== "");
    if (typeof text !== "string") return { status: 400, body: { error: "want id or identifier" } };
    const approval = findApproval(await listApprovals(asUser(ports.kube, user)), text);
    const key = { namespace: approval.metadata.namespace ?? "", name: approval.metadata.name };
    if (action === "delete" || action === "archive") {
      await asUser(ports.kube, user).delete({ group: eddyGroup, kind: "Approval", ...key });
      return { status: 200, body: { status: "deleted" } };
    }
    if (action !== "approve" && action !== "reject")
      return { status: 400, body: { error: "action: want approve, reject, delete or archive" } };
    const state = await castVote(key, { voter: user.name, groups: user.groups, choice: action, via: "api" }, ports);
    return {
      status: 200,
      body: { status: state.phase.toLowerCase(), message: state.message, votesReceived: state.voters.length },
    };
  });
}

/** The API server decides what the user may see and delete. */
function asUser(kube: KubeClient, { name, groups }: KnownUser): KubeClient {
  return kube.impersonate({ user: name, groups: [...groups] });
}

async function answerFor(action: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  try {
    return await action();
  } catch (error) {
    if (hasReason(error, "Forbidden")) return { status: 403, body: { error: messageOf(error) } };
    if (error instanceof EddyError && error.code === "APPROVAL_UNKNOWN")
      return { status: 404, body: { error: error.message } };
    if (error instanceof EddyError && error.code === "VOTE_REFUSED")
      return { status: 403, body: { error: error.message } };
    if (error instanceof KubeApiError) return { status: 502, body: { error: messageOf(error) } };
    throw error;
  }
}

function keelShape(approval: Approval): object {
  const { metadata, spec, status } = approval;
  return {
    id: metadata.uid,
    identifier: identifierOf(approval),
    message: spec.message ?? "",
    currentVersion: spec.from,
    newVersion: spec.to,
    digest: spec.digest ?? "",
    votesRequired: spec.votesRequired,
    votesReceived: status?.votesReceived ?? 0,
    voters: status?.voters ?? [],
    rejected: status?.phase === "Rejected",
    archived: ["Done", "Superseded", "Expired"].includes(status?.phase ?? ""),
    status: (status?.phase ?? "Pending").toLowerCase(),
    deadline: spec.deadline,
    createdAt: metadata.creationTimestamp,
  };
}
