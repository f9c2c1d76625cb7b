import type { KubeObject, ObjectMeta } from "@eddy/core/object";

/** A change that waits for votes. It is bound to what changes, to what is and what is to be, and to the digest. */
export interface Approval extends KubeObject {
  apiVersion: "eddy.sh/v1alpha1";
  kind: "Approval";
  metadata: ObjectMeta;
  spec: ApprovalSpec;
  status?: ApprovalStatus;
}

/** What is to be approved. It never changes: another change is another Approval. */
export interface ApprovalSpec {
  /** What changes; in the namespace of the Approval. */
  subject: ApprovalSubject;
  /** What there is: `web=nginx:1.25`, or a revision. */
  from: string;
  /** What is to be. */
  to: string;
  /** Digest of the image that is to be, where it is known. */
  digest?: string;
  /** How many have to approve. */
  votesRequired: number;
  /** RFC 3339; votes after it do not count. */
  deadline: string;
  /** For those who vote. */
  message?: string;
}

/** An object of the Approval's namespace. */
export interface ApprovalSubject {
  apiVersion: string;
  kind: string;
  name: string;
}

/** What one voter said. */
export interface ApprovalVote {
  /** User name as RBAC has it: `jane`, `slack:U024BE7LH`, `mattermost:jane`, `teams:<id>`, `link:<voter>`. */
  voter: string;
  /** Groups of the voter, as the API server told them. */
  groups?: string[];
  choice: "approve" | "reject";
  /** RFC 3339. */
  time: string;
  /** By which way it came: `cli`, `api`, `link`, `slack`, `mattermost`, `teams`. */
  via?: string;
}

/**
 * `Pending`: votes are missing. `Approved`: the change may be made. `Rejected`: one voter said no. `Expired`: the deadline passed.
 * `Superseded`: something newer is to be. `Done`: the change was made.
 */
export type ApprovalPhase = "Pending" | "Approved" | "Rejected" | "Expired" | "Superseded" | "Done";

/** What became of it. */
export interface ApprovalStatus {
  phase?: ApprovalPhase;
  /** In the order in which they came; the last one of a voter counts. */
  votes?: ApprovalVote[];
  /** Votes that count. */
  votesReceived?: number;
  /** Who approved, of those who may. */
  voters?: string[];
  /** Why it is in this phase, and which votes do not count. */
  message?: string;
}
