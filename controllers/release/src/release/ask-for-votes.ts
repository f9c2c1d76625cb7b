import type { Release } from "@eddy/api";
import { hasReason } from "@eddy/kube";
import { closeApproval, requestApproval } from "@eddy/runtime/approval";
import { readWorkload } from "../workload/workload.ts";
import { changedWorkloads, find, workloadRef } from "./await-release.ts";
import type { ReleasePorts } from "./ports.ts";
import { changeOf, determineVotes, subjectOf, votesRequired, type Votes } from "./release-votes.ts";

const maxMessage = 4_000;

/**
 * Asks for the votes that the plan needs now, where nobody has yet, and says where they stand. Idempotent.
 * @throws EddyError INVALID_APPROVAL (terminal); KubeApiError
 */
export async function askForVotes(release: Release, ports: ReleasePorts): Promise<Votes> {
  const { metadata, spec, status } = release;
  const objects = await Promise.all(changedWorkloads(release).map(({ id }) => find(workloadRef(id), ports.kube)));
  const requirement = votesRequired(
    release,
    objects.flatMap((object) => (object ? [readWorkload(object)] : [])),
  );
  const subject = subjectOf(release);
  const { uid, namespace = "" } = metadata;
  const change = changeOf(spec, status?.workloads ?? []);
  const answer = await requestApproval(
    {
      ...requirement,
      ...change,
      namespace,
      subject,
      message: ports.masker.of(namespace).mask(messageFor(release, change.to)).slice(0, maxMessage),
      ...(uid ? { owner: { ...subject, uid } } : {}),
    },
    ports,
  );
  return determineVotes(answer);
}

function messageFor({ metadata, spec }: Release, to: string): string {
  const by = spec.cause?.user === undefined ? "" : `, asked for by ${spec.cause.user}`;
  const why = spec.cause?.message === undefined ? "" : `: ${spec.cause.message}`;
  return `Release/${metadata.namespace ?? ""}/${metadata.name}${by}${why}; to ${to}`;
}

/** Writes down that what was approved is pushed; an Approval that somebody deleted meanwhile needs no words. Idempotent. */
export async function closeVotes({ metadata, status }: Release, ports: ReleasePorts): Promise<void> {
  if (status?.approval === undefined) return;
  try {
    await closeApproval({ namespace: metadata.namespace ?? "", name: status.approval }, ports);
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
  }
}
