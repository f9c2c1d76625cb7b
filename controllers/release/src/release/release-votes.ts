import { eddyGroup, type ApprovalSubject, type Release, type ReleaseSpec, type WorkloadRelease } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { digestOf } from "@eddy/core/digest";
import {
  approvalName,
  approvalRequirementOf,
  type ApprovalAnswer,
  type ApprovalKey,
  type ApprovalRequirement,
  type RequiredChange,
} from "@eddy/runtime/approval";
import type { Workload } from "../workload/workload.ts";

/** Where a release stands with its votes. */
export type Votes =
  /** Nobody asks for any. */
  | { readonly kind: "unneeded" }
  | { readonly kind: "granted"; readonly approval: string; readonly message: string }
  | { readonly kind: "missing"; readonly message: string }
  /** Rejected, or too late: a release has an end. */
  | { readonly kind: "refused"; readonly message: string };

/** Ready's reason when people said no, or said nothing. */
export const approvalRefused = "ApprovalRefused";

/** Reads it off what the Approval says. Pure. */
export function determineVotes({ approval, isApproved, phase, message }: ApprovalAnswer): Votes {
  if (!approval) return { kind: "unneeded" };
  if (isApproved) return { kind: "granted", approval: approval.name, message };
  const isOver = phase === "Rejected" || phase === "Expired";
  if (isOver) return { kind: "refused", message: `approval/${approval.name}: ${message}` };
  return { kind: "missing", message: `${waitingFor}${approval.name}: ${message}` };
}

const waitingFor = "waits for votes on approval/";

/** The votes that a Release waits for. */
export interface AwaitedVotes {
  /** Name of the Approval, in the Release's namespace. */
  readonly approval: string;
  /** `0 of 2 votes, until 2026-01-01T00:00:00Z`. */
  readonly tally: string;
}

/** Reads them off its conditions; undefined where it waits for none. Pure. */
export function awaitedVotesOf({ status }: Release): AwaitedVotes | undefined {
  const ready = findCondition(status?.conditions, "Ready");
  if (status?.phase !== "AwaitingApproval" || !ready?.message.startsWith(waitingFor)) return undefined;
  const [approval = "", ...tally] = ready.message.slice(waitingFor.length).split(": ");
  return { approval, tally: tally.join(": ") };
}

/**
 * The most votes that anybody asks for: the Release itself (`eddy.sh/approvals`), or a workload whose images it changes, which Keel's
 * words may ask for, too. Pure.
 * @throws EddyError INVALID_APPROVAL (terminal)
 */
export function votesRequired({ metadata, spec }: Release, changed: readonly Workload[]): ApprovalRequirement {
  const own = approvalRequirementOf(metadata.annotations);
  // Who may lock a workload in a hurry is not to wait for anybody; what its policy lets pass then needs votes by itself.
  const others = spec.policies ? [] : changed.flatMap(requirementsOf);
  return others.reduce((most, one) => (one.votesRequired > most.votesRequired ? one : most), own);
}

function requirementsOf({ object, policies: { keel } }: Workload): ApprovalRequirement[] {
  const keels = { votesRequired: keel.approvals, deadlineMs: keel.approvalDeadlineHours * 3_600_000 };
  return [approvalRequirementOf(object.metadata.annotations), keels];
}

/** What is voted on: exactly these images, by their digests where the registry told them, or these policies. Pure. */
export function changeOf(spec: ReleaseSpec, planned: readonly WorkloadRelease[]): RequiredChange {
  const changed = planned.filter(({ status }) => status === "success");
  const ids = changed.map(({ id }) => id).join(", ");
  if (spec.policies) {
    const to = JSON.stringify(spec.policies);
    return { from: ids, to: to.slice(0, maxText), digest: digestOf(`${ids}\n${to}`) };
  }
  const side = (of: "current" | "target"): string =>
    changed
      .flatMap(({ id, containers = [] }) => containers.map((one) => `${id} ${one.container}=${one[of]}`))
      .join(", ");
  const [from, to] = [side("current"), side("target")];
  const digests = changed.flatMap(({ containers = [] }) => containers.map(({ digest }) => digest ?? ""));
  const digest = digestOf(JSON.stringify([from, to, digests]));
  return { from: from.slice(0, maxText), to: to.slice(0, maxText), digest };
}

/** Of a text of an Approval. */
const maxText = 4_000;

/** What an Approval of a Release is about. */
export function subjectOf({ metadata }: Release): ApprovalSubject {
  return { apiVersion: `${eddyGroup}/v1alpha1`, kind: "Release", name: metadata.name };
}

/** The Approval of what is planned, whether it is there or not. Pure. */
export function approvalOf(release: Release): ApprovalKey {
  const change = changeOf(release.spec, release.status?.workloads ?? []);
  const name = approvalName({ subject: subjectOf(release), ...change });
  return { namespace: release.metadata.namespace ?? "", name };
}
