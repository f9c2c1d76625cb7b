/**
 * Votes on changes: who has to approve what, and whether they did.
 *
 * Not the ways by which votes come (command line, HTTP, chats). Entry points: {@link requestApproval}, which whatever changes
 * something asks before it does, {@link castVote}, and the pure {@link determineApproval}.
 */
export { approvalName, type ApprovalChange } from "./approval-name.ts";
export { castOwnVote } from "./cast-own-vote.ts";
export { findApproval, identifierOf, listApprovals } from "./find-approval.ts";
export { castVote, type Ballot } from "./cast-vote.ts";
export {
  determineApproval,
  type ApprovalObservation,
  type ApprovalState,
  type IgnoredVote,
} from "./determine-approval.ts";
export { evaluateApproval, readApproval, type ApprovalKey, type ApprovalPorts } from "./evaluate.ts";
export { closeApproval, requestApproval, type ApprovalAnswer, type ApprovalRequest } from "./request-approval.ts";
export { requireApproval, type RequiredChange } from "./require-approval.ts";
export {
  approvalDeadlineAnnotation,
  approvalRequirementOf,
  approvalsAnnotation,
  type ApprovalRequirement,
} from "./requirement.ts";
export { mayVote } from "./voting-rights.ts";
