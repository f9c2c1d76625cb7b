import { valueAt, type KubeObject } from "@eddy/core/object";
import { textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind } from "../kind.ts";
import { ageColumn } from "../printer-columns.ts";
import { integer, list, object, oneOf, required, text, type Schema } from "../schema.ts";
import type { Approval, ApprovalSpec, ApprovalStatus, ApprovalSubject, ApprovalVote } from "./approval-types.ts";
import { eddyGroup } from "./group.ts";

const subjectSchema: Schema<ApprovalSubject> = object<ApprovalSubject>(
  {
    apiVersion: required(text({ description: "API version of the object." })),
    kind: required(text({ description: "Kind of the object." })),
    name: required(text({ description: "Name of the object.", minLength: 1, maxLength: 253 })),
  },
  { description: "What changes; in the namespace of the Approval." },
);

const specSchema: Schema<ApprovalSpec> = object<ApprovalSpec>(
  {
    subject: required(subjectSchema),
    from: required(text({ description: "What there is.", maxLength: 4_096 })),
    to: required(text({ description: "What is to be.", maxLength: 4_096 })),
    digest: text({ description: "Digest of the image that is to be.", maxLength: 256 }),
    votesRequired: required(integer({ description: "How many have to approve.", minimum: 1, maximum: 100 })),
    deadline: required(text({ description: "Votes after it do not count.", format: "date-time" })),
    message: text({ description: "For those who vote.", maxLength: 4_096 }),
  },
  {
    description: "What is to be approved; another change is another Approval.",
    validations: [{ rule: "self == oldSelf", message: "spec is immutable: another change is another Approval" }],
  },
);

const voteSchema: Schema<ApprovalVote> = object<ApprovalVote>({
  voter: required(text({ description: "User name as RBAC has it.", minLength: 1, maxLength: 253 })),
  groups: list(text(), { description: "Groups of the voter." }),
  choice: required(oneOf(["approve", "reject"], { description: "What the voter said." })),
  time: required(text({ description: "When.", format: "date-time" })),
  via: text({ description: "By which way it came.", maxLength: 64 }),
});

const statusSchema: Schema<ApprovalStatus> = object<ApprovalStatus>(
  {
    phase: oneOf(["Pending", "Approved", "Rejected", "Expired", "Superseded", "Done"], {
      description: "What became of it.",
    }),
    votes: list(voteSchema, {
      description: "In the order in which they came; the last one of a voter counts.",
      maxItems: 200,
    }),
    votesReceived: integer({ description: "Votes that count." }),
    voters: list(text(), { description: "Who approved, of those who may." }),
    message: text({ description: "Why it is in this phase, and which votes do not count." }),
  },
  { description: "Votes, and what became of it." },
);

function votesOf(made: KubeObject): string {
  const received = valueAt(made, "status", "votesReceived");
  return `${typeof received === "number" ? received : 0}/${String(valueAt(made, "spec", "votesRequired"))}`;
}

function subjectOf(made: KubeObject): string {
  return `${textAt(made, "spec", "subject", "kind").toLowerCase()}/${textAt(made, "spec", "subject", "name")}`;
}

function isDecidedFor(made: KubeObject): boolean {
  return ["Approved", "Done"].includes(textAt(made, "status", "phase"));
}

/** Approval. Eddy's own; what Keel keeps in its database. Source: spec/flux1-keel-flagger.md 2.6. */
export const approvalKind: Kind<Approval> = defineKind<Approval>({
  group: eddyGroup,
  kind: "Approval",
  plural: "approvals",
  shortNames: [],
  categories: ["eddy"],
  scope: "Namespaced",
  description: "A change that waits for votes.",
  versions: [
    {
      name: "v1alpha1",
      served: true,
      storage: true,
      members: { spec: specSchema, status: statusSchema },
      requiredMembers: ["spec"],
      printerColumns: [
        { name: "Subject", type: "string", jsonPath: ".spec.subject.name" },
        { name: "From", type: "string", jsonPath: ".spec.from" },
        { name: "To", type: "string", jsonPath: ".spec.to" },
        { name: "Votes", type: "integer", jsonPath: ".status.votesReceived" },
        { name: "Needed", type: "integer", jsonPath: ".spec.votesRequired" },
        { name: "Phase", type: "string", jsonPath: ".status.phase" },
        { name: "Deadline", type: "string", jsonPath: ".spec.deadline", priority: 1 },
        ageColumn,
      ],
    },
  ],
  cli: {
    path: ["approval"],
    pluralPath: ["approvals"],
    aliases: [],
    humanName: "approval",
    createName: "Approval",
    columns: [
      { header: "Subject", value: subjectOf },
      { header: "Delta", value: (made) => `${textAt(made, "spec", "from")} -> ${textAt(made, "spec", "to")}` },
      { header: "Votes", value: votesOf },
      { header: "Phase", value: (made) => textAt(made, "status", "phase") || "Pending" },
      { header: "Ready", value: (made) => (isDecidedFor(made) ? "True" : "False") },
      { header: "Message", value: (made) => textAt(made, "status", "message") || "waiting to be reconciled" },
    ],
    wideColumns: [
      { header: "Deadline", value: (made) => textAt(made, "spec", "deadline") },
      { header: "Digest", value: (made) => textAt(made, "spec", "digest") },
    ],
    reconcilable: false,
    suspendable: false,
    successMessage: (made) => textAt(made, "status", "message"),
  },
});
