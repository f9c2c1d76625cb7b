import { approvalKind, eddyGroup, type Approval, type ApprovalPhase, type ApprovalSpec } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import type { KubeObject, OwnerReference } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { approvalName, type ApprovalChange } from "./approval-name.ts";
import type { ApprovalState } from "./determine-approval.ts";
import { evaluateApproval, readApproval, retryConflicts, type ApprovalKey, type ApprovalPorts } from "./evaluate.ts";
import type { ApprovalRequirement } from "./requirement.ts";

/** A change that somebody wants to make. */
export interface ApprovalRequest extends ApprovalChange, ApprovalRequirement {
  readonly namespace: string;
  /** For those who vote. */
  readonly message?: string;
  /** The object that asks; the Approval goes with it. */
  readonly owner?: OwnerReference;
}

/** Whether the change may be made now. */
export interface ApprovalAnswer {
  /** Undefined where no vote is needed. */
  readonly approval: ApprovalKey | undefined;
  readonly isApproved: boolean;
  /** Where the Approval stands; one that is `Approved` may yet be by too few. Undefined where no vote is needed. */
  readonly phase: ApprovalPhase | undefined;
  /** Why not, or by whom. */
  readonly message: string;
  /** It was asked for just now: whoever votes is to be told. */
  readonly isNew: boolean;
}

/**
 * The one door for whatever needs votes: asks for them where nobody has yet, and says whether the change may be made. Idempotent:
 * ask again at each pass, also after a restart. Older pending Approvals of the same subject are superseded.
 */
export async function requestApproval(request: ApprovalRequest, ports: ApprovalPorts): Promise<ApprovalAnswer> {
  if (request.votesRequired <= 0)
    return { approval: undefined, isApproved: true, phase: undefined, message: "no vote needed", isNew: false };
  const key = { namespace: request.namespace, name: approvalName(request) };
  const isNew = await ensureApproval(key, request, ports);
  await supersedeOthers(key, request, ports);
  const { state, spec } = await retryConflicts(async () => {
    const approval = await readApproval(ports.kube, key);
    return { state: await evaluateApproval(approval, ports), spec: approval.spec };
  });
  const doubt = doubtOf(spec, state, request);
  const { phase } = state;
  return { approval: key, isApproved: phase === "Approved" && !doubt, phase, message: doubt ?? state.message, isNew };
}

/** Whoever may write Approvals could have made one of this name that asks for less, or that is about something else. */
function doubtOf(spec: ApprovalSpec, state: ApprovalState, request: ApprovalRequest): string | undefined {
  const { from, to, digest, votesRequired } = request;
  if (spec.from !== from || spec.to !== to || (spec.digest ?? "") !== (digest ?? ""))
    return "the approval of this name is about another change: delete it";
  if (state.phase === "Approved" && state.voters.length < votesRequired)
    return `${state.message}, and by now ${votesRequired} votes are needed`;
  return undefined;
}

/** Writes down that an approved change was made: it is not asked for again under the same votes. Idempotent. */
export async function closeApproval(key: ApprovalKey, ports: ApprovalPorts): Promise<void> {
  await retryConflicts(async () => evaluateApproval(await readApproval(ports.kube, key), ports, "Done"));
}

async function ensureApproval(
  key: ApprovalKey,
  request: ApprovalRequest,
  { kube, clock }: ApprovalPorts,
): Promise<boolean> {
  const { subject, from, to, digest, votesRequired, deadlineMs, message, owner } = request;
  if (!(await makeRoom(key, kube))) return false;
  const approval: Approval = {
    apiVersion: `${eddyGroup}/v1alpha1`,
    kind: "Approval",
    metadata: { ...key, ...(owner ? { ownerReferences: [owner] } : {}) },
    spec: {
      subject,
      from,
      to,
      ...(digest === undefined ? {} : { digest }),
      votesRequired,
      deadline: formatTime(new Date(clock.now() + deadlineMs)),
      ...(message === undefined ? {} : { message }),
    },
  };
  try {
    await kube.create(approval as KubeObject);
    return true;
  } catch (error) {
    if (hasReason(error, "AlreadyExists")) return false;
    throw error;
  }
}

/**
 * Whether there is no Approval of this name. One that was used, or superseded, goes: who wants the same change again needs votes again.
 */
async function makeRoom({ namespace, name }: ApprovalKey, kube: KubeClient): Promise<boolean> {
  try {
    const { metadata, status } = await readApproval(kube, { namespace, name });
    if (status?.phase !== "Done" && status?.phase !== "Superseded") return false;
    const preconditions = metadata.uid ? { uid: metadata.uid } : {};
    await kube.delete({ group: eddyGroup, kind: "Approval", namespace, name }, { preconditions });
    return true;
  } catch (error) {
    if (hasReason(error, "NotFound")) return true;
    throw error;
  }
}

/** What was asked for the same subject before, and is not decided or not made, is no longer to be. */
async function supersedeOthers(key: ApprovalKey, { subject }: ApprovalRequest, ports: ApprovalPorts): Promise<void> {
  const { items } = await ports.kube.list({ group: eddyGroup, kind: "Approval" }, { namespace: key.namespace });
  for (const item of items) {
    const other = approvalKind.decode(item);
    const { phase = "Pending" } = other.status ?? {};
    const isOpen = phase === "Pending" || phase === "Approved";
    const isSame = other.spec.subject.kind === subject.kind && other.spec.subject.name === subject.name;
    if (!isOpen || !isSame || item.metadata.name === key.name) continue;
    await retryConflicts(async () =>
      evaluateApproval(await readApproval(ports.kube, { ...key, name: item.metadata.name }), ports, "Superseded"),
    );
  }
}
