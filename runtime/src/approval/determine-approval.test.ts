import type { ApprovalPhase, ApprovalVote } from "@eddy/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { determineApproval } from "./determine-approval.ts";
import { approvalName } from "./approval-name.ts";
import { approvalRequirementOf } from "./requirement.ts";

const deadline = "2026-01-02T00:00:00Z";
const before = "2026-01-01T10:00:00Z";
const after = "2026-01-02T00:00:01Z";
const vote = (voter: string, choice: ApprovalVote["choice"] = "approve", time = before): ApprovalVote => ({
  voter,
  choice,
  time,
});

interface Case {
  name: string;
  votes: ApprovalVote[];
  needed?: number;
  at?: string;
  phase?: ApprovalPhase;
  left?: string[];
  want: ApprovalPhase;
  message: string;
}

const cases: Case[] = [
  { name: "nobody voted", votes: [], want: "Pending", message: `0 of 2 votes, until ${deadline}` },
  { name: "one of two", votes: [vote("ann")], want: "Pending", message: `1 of 2 votes, until ${deadline}` },
  {
    name: "one voter twice",
    votes: [vote("ann"), vote("ann")],
    want: "Pending",
    message: `1 of 2 votes, until ${deadline}`,
  },
  { name: "two of two", votes: [vote("ann"), vote("bob")], want: "Approved", message: "approved by ann, bob" },
  { name: "one of one", votes: [vote("ann")], needed: 1, want: "Approved", message: "approved by ann" },
  {
    name: "a reject blocks",
    votes: [vote("ann"), vote("bob"), vote("eve", "reject")],
    want: "Rejected",
    message: "rejected by eve",
  },
  {
    name: "a reject is taken back",
    votes: [vote("ann", "reject"), vote("bob"), vote("ann")],
    want: "Approved",
    message: "approved by ann, bob",
  },
  {
    name: "who left does not count",
    votes: [vote("ann"), vote("bob")],
    left: ["bob"],
    want: "Pending",
    message: `1 of 2 votes, until ${deadline}; not counted: bob may not vote`,
  },
  {
    name: "who left cannot block",
    votes: [vote("ann"), vote("bob"), vote("eve", "reject")],
    left: ["eve"],
    want: "Approved",
    message: "approved by ann, bob",
  },
  {
    name: "the deadline passes",
    votes: [vote("ann")],
    at: after,
    want: "Expired",
    message: `expired at ${deadline}, with 1 of 2 votes: delete it to ask again`,
  },
  {
    name: "a vote after the deadline",
    votes: [vote("ann"), vote("bob", "approve", after)],
    at: after,
    want: "Expired",
    message: `expired at ${deadline}, with 1 of 2 votes: delete it to ask again`,
  },
  {
    name: "enough votes in time, looked at later",
    votes: [vote("ann"), vote("bob")],
    at: after,
    want: "Approved",
    message: "approved by ann, bob",
  },
  {
    name: "expired stays, whatever a backdated vote says",
    votes: [vote("ann"), vote("bob")],
    at: after,
    phase: "Expired",
    want: "Expired",
    message: `expired at ${deadline}, with 2 of 2 votes: delete it to ask again`,
  },
  {
    name: "superseded stays",
    votes: [vote("ann"), vote("bob")],
    phase: "Superseded",
    want: "Superseded",
    message: "something newer is to be: vote on that",
  },
  {
    name: "made stays made, also when voters left",
    votes: [vote("ann"), vote("bob")],
    phase: "Done",
    left: ["ann", "bob"],
    want: "Done",
    message: "made, with 0 of 2 votes",
  },
  {
    name: "approved until a voter left",
    votes: [vote("ann"), vote("bob")],
    phase: "Approved",
    left: ["bob"],
    want: "Pending",
    message: `1 of 2 votes, until ${deadline}; not counted: bob may not vote`,
  },
  {
    name: "a vote whose time cannot be read",
    votes: [vote("ann"), vote("bob", "approve", "soon")],
    want: "Pending",
    message: `1 of 2 votes, until ${deadline}`,
  },
];

describe("determineApproval", () => {
  it.each(cases)("$name", ({ votes, needed = 2, at = before, phase, left = [], want, message }) => {
    const state = determineApproval({
      spec: { votesRequired: needed, deadline },
      votes,
      phase,
      mayVote: (voter) => !left.includes(voter),
      nowMs: Date.parse(at),
    });
    expect(state).toMatchObject({ phase: want, message });
  });

  it("is never approved without as many different voters as needed, all of whom may vote", () => {
    const names = fc.constantFrom("ann", "bob", "eve", "joe");
    const anyVote = fc.record({
      voter: names,
      choice: fc.constantFrom("approve" as const, "reject" as const),
      time: fc.constantFrom(before, after),
    });
    fc.assert(
      fc.property(
        fc.array(anyVote),
        fc.integer({ min: 1, max: 4 }),
        fc.subarray(["ann", "bob", "eve", "joe"]),
        (votes, needed, allowed) => {
          const { phase, voters } = determineApproval({
            spec: { votesRequired: needed, deadline },
            votes,
            mayVote: (voter) => allowed.includes(voter),
            nowMs: Date.parse(before),
          });
          const isSound = voters.every((voter) => allowed.includes(voter)) && new Set(voters).size === voters.length;
          expect(isSound).toBe(true);
          expect(phase !== "Approved" || voters.length >= needed).toBe(true);
        },
      ),
    );
  });
});

describe("approvalName", () => {
  const change = {
    subject: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    from: "web=app:1",
    to: "web=app:2",
    digest: "sha256:a",
  };
  it("is the same for the same change, and another one for another digest", () => {
    expect(approvalName(change)).toMatch(/^deployment-web-[0-9a-f]{10}$/);
    expect(approvalName({ ...change })).toBe(approvalName(change));
    expect(approvalName({ ...change, digest: "sha256:b" })).not.toBe(approvalName(change));
    expect(approvalName({ ...change, to: "web=app:3" })).not.toBe(approvalName(change));
  });
});

describe("approvalRequirementOf", () => {
  it.each<[Record<string, string> | undefined, number, number]>([
    [undefined, 0, 24],
    [{ "eddy.sh/approvals": "2" }, 2, 24],
    [{ "eddy.sh/approvals": "1", "eddy.sh/approval-deadline": "90m" }, 1, 1.5],
  ])("%j asks for %d votes in %d hours", (annotations, votesRequired, hours) => {
    expect(approvalRequirementOf(annotations)).toEqual({ votesRequired, deadlineMs: hours * 3_600_000 });
  });
  it.each<[Record<string, string>, string]>([
    [{ "eddy.sh/approvals": "two" }, 'eddy.sh/approvals is "two": want a number up to 100'],
    [{ "eddy.sh/approvals": "101" }, 'eddy.sh/approvals is "101": want a number up to 100'],
    [
      { "eddy.sh/approvals": "1", "eddy.sh/approval-deadline": "soon" },
      'eddy.sh/approval-deadline is "soon": want a duration of 1s to 8760h, such as 24h',
    ],
    [
      { "eddy.sh/approvals": "1", "eddy.sh/approval-deadline": "-1h" },
      'eddy.sh/approval-deadline is "-1h": want a duration of 1s to 8760h, such as 24h',
    ],
  ])("%j is refused", (annotations, message) => {
    expect(() => approvalRequirementOf(annotations)).toThrow(message);
  });
});
