import { hasReason } from "@eddy/kube";
import { formatObjectName, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { closeApproval, requestApproval, type ApprovalAnswer } from "@eddy/runtime/approval";
import { markSeen, writeRecords } from "./write-records.ts";
import { formatRecords, lastUpdateAnnotation, parseRecords, type UpdateRecords } from "../workload/record.ts";
import { readTracked, type TrackedObject } from "../workload/tracked.ts";
import {
  describeImages,
  describeVersions,
  recordsAfter,
  type UpdatePlan,
  type WriteResult,
} from "../write/update-plan.ts";
import { planImages, type ImagePlan, type Look } from "./plan-images.ts";
import type { UpdatePorts } from "./ports.ts";

/** How a pass over one object ended. */
export interface PassResult {
  /** What the object asks for; undefined when it is gone. */
  readonly tracked: TrackedObject | undefined;
  /** Whether a registry or a repository did not answer: to be tried again soon. */
  readonly hasFailed: boolean;
}

/**
 * One level-based pass over one object: reads it, asks registries, decides, asks for votes, writes. Safe to run twice and from any
 * state. Without `look` registries are not asked: an object that is only pushed to.
 */
export async function updateObject(ref: ObjectRef, look: Look | undefined, ports: UpdatePorts): Promise<PassResult> {
  const object = await readObject(ref, ports);
  if (!object) return { tracked: undefined, hasFailed: false };
  const tracked = readTracked(object);
  for (const problem of tracked.problems) ports.reporter.report(object, "InvalidPolicy", problem.message);
  if (tracked.policy.form === "never") return { tracked, hasFailed: false };
  const records = markSeen(parseRecords(object.metadata.annotations?.[lastUpdateAnnotation]), tracked.images);
  if (!look) return { tracked, hasFailed: false };
  const images = await planImages(object, tracked, records, look, ports);
  const hasFailed = tell(object, images, ports);
  await keepRecords(object, records, images, ports);
  if (images.changes.length > 0) await makeChange({ object, changes: images.changes, records }, tracked, ports);
  return { tracked, hasFailed };
}

async function readObject(ref: ObjectRef, { kube }: UpdatePorts): Promise<KubeObject | undefined> {
  try {
    const object = await kube.get(ref);
    return object.metadata.deletionTimestamp === undefined ? object : undefined;
  } catch (error) {
    if (hasReason(error, "NotFound", "NoKindMatch")) return undefined;
    throw error;
  }
}

/** Reports what holds images back; whether something failed that may pass by itself. */
function tell(object: KubeObject, { outcomes }: ImagePlan, { reporter }: UpdatePorts): boolean {
  let hasFailed = false;
  for (const [container, outcome] of outcomes) {
    if (outcome.state === "Failed") {
      hasFailed = true;
      reporter.report(object, "UpdateFailed", `look for updates of ${container} failed: ${outcome.why}`);
    }
    if (outcome.state === "Unfit") reporter.report(object, "UpdateRefused", `update of ${container}: ${outcome.why}`);
    if (outcome.state === "Unreadable")
      reporter.report(object, "InvalidPolicy", `choose an image for ${container}: ${outcome.why}`);
    if (outcome.state === "Held") {
      const lift = `kubectl annotate -n ${object.metadata.namespace ?? ""} ${object.kind.toLowerCase()}/${object.metadata.name} ${lastUpdateAnnotation}-`;
      reporter.report(
        object,
        "UpdateHeld",
        `${container} was put back from ${outcome.to} by a person: it stays until that is lifted (${lift}) or a newer image is set`,
      );
    }
    if (outcome.state === "Pinned")
      reporter.report(
        object,
        "UpdateHeld",
        `${container} is pinned to ${outcome.digest}: it stays until the digest is removed`,
      );
  }
  return hasFailed;
}

/** Writes down what is known by now: which updates have arrived, and the digest from which another one is an update. */
async function keepRecords(
  object: KubeObject,
  records: UpdateRecords,
  { baselines }: ImagePlan,
  ports: UpdatePorts,
): Promise<void> {
  const tags = new Map(readTracked(object).images.map(({ container, image }) => [container, image.tag ?? "latest"]));
  const added = [...baselines].map(([container, digest]) => {
    const tag = tags.get(container) ?? "latest";
    return [container, { from: tag, to: tag, digest, seen: true }];
  });
  const next: UpdateRecords = { ...records, ...(Object.fromEntries(added) as UpdateRecords) };
  const isKnown =
    Object.keys(next).length === 0 || formatRecords(next) === object.metadata.annotations?.[lastUpdateAnnotation];
  if (!isKnown) await writeRecords(refOf(object), next, ports);
}

async function makeChange(plan: UpdatePlan, tracked: TrackedObject, ports: UpdatePorts): Promise<void> {
  const answer = await askForVotes(plan, tracked, ports);
  const { object } = plan;
  if (!answer.isApproved) {
    const what = `update ${describeVersions(plan.changes)} waits for votes on approval/${answer.approval?.name ?? ""}: ${answer.message}`;
    ports.reporter.report(object, answer.isNew ? "ApprovalRequested" : "ApprovalMissing", what);
    return;
  }
  const { writeUpdate } = await import("../write/write-update.ts");
  const result = await writeUpdate(plan, ports);
  if (result.form === "git") await writeRecords(refOf(object), recordsAfter(plan, false), ports);
  report(plan, tracked, result, ports);
  if (answer.approval && (result.form === "git" || result.form === "cluster"))
    await closeApproval(answer.approval, ports);
}

async function askForVotes(plan: UpdatePlan, { keel }: TrackedObject, ports: UpdatePorts): Promise<ApprovalAnswer> {
  const { object, changes } = plan;
  const { apiVersion, kind, metadata } = object;
  const { name, namespace = "", uid } = metadata;
  return requestApproval(
    {
      namespace,
      subject: { apiVersion, kind, name },
      from: describeImages(changes, "from"),
      to: describeImages(changes, "to"),
      digest: changes.map(({ digest }) => digest).join(","),
      votesRequired: keel.approvals,
      deadlineMs: keel.approvalDeadlineHours * 3_600_000,
      message: `update ${formatObjectName(refOf(object))}, version ${describeVersions(changes)}${keel.releaseNotes ? `; release notes: ${keel.releaseNotes}` : ""}`,
      ...(uid ? { owner: { apiVersion, kind, name, uid } } : {}),
    },
    ports,
  );
}

function report(
  { object, changes }: UpdatePlan,
  { keel }: TrackedObject,
  result: WriteResult,
  { reporter }: UpdatePorts,
): void {
  const what = `automated update, version ${describeVersions(changes)}`;
  const notes = keel.releaseNotes ? { releaseNotes: keel.releaseNotes } : {};
  switch (result.form) {
    case "git":
      return reporter.report(
        object,
        "UpdateCommitted",
        `${what}: committed ${result.revision} to GitRepository ${result.repository}`,
        { ...notes, revision: result.revision },
      );
    case "cluster":
      return reporter.report(object, "UpdateWritten", `${what}: written to the cluster, ${result.because}`, notes);
    case "waiting":
      return reporter.report(object, "UpdateWaiting", `${what} waits: ${result.why}`);
    case "refused":
      return reporter.report(object, "UpdateRefused", `${what} cannot be written: ${result.why}`);
  }
}
