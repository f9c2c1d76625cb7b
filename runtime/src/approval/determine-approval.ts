import type { ApprovalPhase, ApprovalSpec, ApprovalVote } from "@eddy/api";

/** What is known of an Approval at one time. */
export interface ApprovalObservation {
  readonly spec: Pick<ApprovalSpec, "votesRequired" | "deadline">;
  /** In the order in which they came. */
  readonly votes: readonly ApprovalVote[];
  /** The phase that was written last. */
  readonly phase?: ApprovalPhase | undefined;
  /** Whether this voter may vote now: who left may not. */
  mayVote(voter: string): boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A vote that does not count. */
export interface IgnoredVote {
  readonly voter: string;
  readonly reason: "NotAllowed" | "TooLate" | "Replaced";
}

/** Where an Approval stands. */
export interface ApprovalState {
  readonly phase: ApprovalPhase;
  /** Who approved, of those who may, each once. */
  readonly voters: readonly string[];
  readonly ignored: readonly IgnoredVote[];
  /** For people: how many votes are missing, who said no. */
  readonly message: string;
}

/**
 * Where an Approval stands. Of each voter the last vote before the deadline counts, as long as the voter may vote; one reject is
 * enough; votes that reached the number before the deadline are enough after it. `Expired`, `Superseded` and `Done` stay.
 * Pure. Source: spec/flux1-keel-flagger.md 2.6, competition.md 3.4 row 45.
 */
export function determineApproval({ spec, votes, phase, mayVote, nowMs }: ApprovalObservation): ApprovalState {
  const deadlineMs = Date.parse(spec.deadline);
  const { counted, ignored } = countVotes(votes, deadlineMs, mayVote);
  const voters = counted.filter(({ choice }) => choice === "approve").map(({ voter }) => voter);
  const against = counted.filter(({ choice }) => choice === "reject").map(({ voter }) => voter);
  const state = (next: ApprovalPhase, message: string): ApprovalState => ({ phase: next, voters, ignored, message });
  const tally = `${voters.length} of ${spec.votesRequired} ${spec.votesRequired === 1 ? "vote" : "votes"}`;
  if (phase === "Done") return state("Done", `made, with ${tally}`);
  if (phase === "Superseded") return state("Superseded", "something newer is to be: vote on that");
  const expired = `expired at ${spec.deadline}, with ${tally}: delete it to ask again`;
  if (phase === "Expired") return state("Expired", expired);
  if (against.length > 0) return state("Rejected", `rejected by ${against.join(", ")}`);
  if (voters.length >= spec.votesRequired) return state("Approved", `approved by ${voters.join(", ")}`);
  // A deadline that cannot be read is one that has passed.
  if (!(nowMs <= deadlineMs)) return state("Expired", expired);
  return state("Pending", `${tally}, until ${spec.deadline}${wordsOf(ignored)}`);
}

function countVotes(
  votes: readonly ApprovalVote[],
  deadlineMs: number,
  mayVote: (voter: string) => boolean,
): { counted: readonly ApprovalVote[]; ignored: readonly IgnoredVote[] } {
  const last = new Map<string, ApprovalVote>();
  const ignored: IgnoredVote[] = [];
  for (const vote of votes) {
    if (!(Date.parse(vote.time) <= deadlineMs)) ignored.push({ voter: vote.voter, reason: "TooLate" });
    else if (!mayVote(vote.voter)) ignored.push({ voter: vote.voter, reason: "NotAllowed" });
    else {
      if (last.has(vote.voter)) ignored.push({ voter: vote.voter, reason: "Replaced" });
      last.set(vote.voter, vote);
    }
  }
  return { counted: [...last.values()], ignored };
}

function wordsOf(ignored: readonly IgnoredVote[]): string {
  const without = [...new Set(ignored.filter(({ reason }) => reason === "NotAllowed").map(({ voter }) => voter))];
  return without.length === 0 ? "" : `; not counted: ${without.join(", ")} may not vote`;
}
