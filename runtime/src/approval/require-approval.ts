import type { KubeObject } from "@eddy/core/object";
import { StepError } from "../controller/index.ts";
import type { ApprovalKey, ApprovalPorts } from "./evaluate.ts";
import { requestApproval } from "./request-approval.ts";
import { approvalRequirementOf } from "./requirement.ts";

/** What an object that is reconciled wants to do. */
export interface RequiredChange {
  readonly from: string;
  readonly to: string;
  /** Of all that is to be: another one needs new votes. */
  readonly digest: string;
}

const lookAgainMs = 60_000;
const maxText = 4_000;

/**
 * Lets a pass go on when its object asks for no votes by `eddy.sh/approvals`, or has them; an Approval that is used is to be closed
 * once the change is made. Without the annotation nothing is read or written.
 * @throws StepError ApprovalRequired (waiting) while votes are missing; EddyError INVALID_APPROVAL (terminal)
 */
export async function requireApproval(
  object: KubeObject,
  change: RequiredChange,
  ports: ApprovalPorts,
): Promise<ApprovalKey | undefined> {
  const { apiVersion, kind, metadata } = object;
  const requirement = approvalRequirementOf(metadata.annotations);
  if (requirement.votesRequired === 0) return undefined;
  const { name, namespace = "", uid } = metadata;
  const [from, to] = [change.from.slice(0, maxText), change.to.slice(0, maxText)];
  const { approval, isApproved, message } = await requestApproval(
    {
      ...requirement,
      namespace,
      subject: { apiVersion, kind, name },
      from,
      to,
      digest: change.digest,
      message: `change ${kind}/${namespace}/${name} from ${from} to ${to}`.slice(0, maxText),
      ...(uid ? { owner: { apiVersion, kind, name, uid } } : {}),
    },
    ports,
  );
  if (isApproved) return approval;
  const waits = `waits for votes on approval/${approval?.name ?? ""}: ${message}`;
  throw new StepError("ApprovalRequired", waits, { class: "waiting", retryAfterMs: lookAgainMs });
}
