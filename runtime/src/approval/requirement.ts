import { parseDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";

/** `eddy.sh/approvals` on any object that changes something: how many have to approve each change. */
export const approvalsAnnotation = "eddy.sh/approvals";
/** `eddy.sh/approval-deadline`: a Go duration, default 24h. */
export const approvalDeadlineAnnotation = "eddy.sh/approval-deadline";

/** How many votes a change needs, and how long it waits for them. */
export interface ApprovalRequirement {
  /** 0: none. */
  readonly votesRequired: number;
  readonly deadlineMs: number;
}

const defaultDeadlineMs = 24 * 3_600_000;
const maxDeadlineMs = 365 * 24 * 3_600_000;

/**
 * What an object's annotations ask for.
 * @throws EddyError INVALID_APPROVAL (terminal): what cannot be read must not pass as "none".
 */
export function approvalRequirementOf(annotations: Readonly<Record<string, string>> | undefined): ApprovalRequirement {
  const votes = annotations?.[approvalsAnnotation];
  if (votes === undefined) return { votesRequired: 0, deadlineMs: defaultDeadlineMs };
  if (!/^\d{1,3}$/.test(votes) || Number(votes) > 100) throw invalid(approvalsAnnotation, votes, "a number up to 100");
  const deadline = annotations?.[approvalDeadlineAnnotation];
  return { votesRequired: Number(votes), deadlineMs: deadline === undefined ? defaultDeadlineMs : parsed(deadline) };
}

function parsed(text: string): number {
  const wanted = "a duration of 1s to 8760h, such as 24h";
  let deadlineMs: number;
  try {
    deadlineMs = parseDuration(text);
  } catch {
    throw invalid(approvalDeadlineAnnotation, text, wanted);
  }
  if (deadlineMs >= 1_000 && deadlineMs <= maxDeadlineMs) return deadlineMs;
  throw invalid(approvalDeadlineAnnotation, text, wanted);
}

function invalid(key: string, value: string, wanted: string): EddyError {
  return new EddyError("INVALID_APPROVAL", `${key} is ${JSON.stringify(value)}: want ${wanted}`, {
    class: "terminal",
  });
}
