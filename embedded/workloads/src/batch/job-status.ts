import { formatTime } from "@eddy/core/conditions";
import { isActive, isReady } from "../pods/pod-facts.ts";
import type { Job, JobStatus, Pod } from "../frame/shapes.ts";

/** Where a Job stands. */
export type JobState = "Suspended" | "Running" | "Complete" | "Failed";

/** What follows for a Job. */
export interface JobVerdict {
  state: JobState;
  reason: string;
  message: string;
  /** Pods to add. */
  missing: number;
}

/** Annotation with the index of a Pod of an Indexed Job. */
export const indexAnnotation = "batch.kubernetes.io/job-completion-index";

/** Source: kube-controller-manager job/job_controller.go. */
export function determineJob(job: Job, pods: readonly Pod[], nowMs: number): JobVerdict {
  const { backoffLimit = 6, parallelism = 1, activeDeadlineSeconds, suspend } = job.spec;
  const completions = job.spec.completions;
  const succeeded = countSucceeded(job, pods);
  const failed = pods.filter(({ status }) => status?.phase === "Failed").length;
  const active = pods.filter(isActive).length;
  const verdict = (state: JobState, reason = "", message = "", missing = 0): JobVerdict => ({
    state,
    reason,
    message,
    missing,
  });
  if (failed > backoffLimit)
    return verdict("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
  const startedMs = job.status?.startTime === undefined ? undefined : Date.parse(job.status.startTime);
  if (
    activeDeadlineSeconds !== undefined &&
    startedMs !== undefined &&
    nowMs >= startedMs + activeDeadlineSeconds * 1_000
  ) {
    return verdict("Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
  }
  const done = completions === undefined ? succeeded > 0 && active === 0 : succeeded >= completions;
  if (done) return verdict("Complete", "CompletionsReached", "Reached expected number of succeeded pods");
  if (suspend === true) return verdict("Suspended", "JobSuspended", "Job suspended");
  // A Job without completions is a work queue: once one Pod succeeded no more are started.
  const wanted =
    completions === undefined ? (succeeded > 0 ? active : parallelism) : Math.min(parallelism, completions - succeeded);
  return verdict("Running", "", "", Math.max(0, wanted - active));
}

/** Pods that succeeded; of an Indexed Job, indexes that did. */
export function countSucceeded(job: Job, pods: readonly Pod[]): number {
  const done = pods.filter(({ status }) => status?.phase === "Succeeded");
  return job.spec.completionMode === "Indexed"
    ? new Set(done.map(({ metadata }) => metadata.annotations?.[indexAnnotation])).size
    : done.length;
}

/** Indexes as the API writes them: `0-2,5`. */
export function formatIndexes(indexes: readonly number[]): string {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const index of sorted) {
    const last = ranges.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** The status that follows from a verdict. */
export function jobStatus(job: Job, pods: readonly Pod[], verdict: JobVerdict, nowMs: number): JobStatus {
  const now = formatTime(new Date(nowMs));
  const active = pods.filter(isActive);
  const [succeeded, failed] = [
    countSucceeded(job, pods),
    pods.filter(({ status }) => status?.phase === "Failed").length,
  ];
  const finished = verdict.state === "Complete" || verdict.state === "Failed";
  const startTime = job.status?.startTime ?? (verdict.state === "Suspended" ? undefined : now);
  const indexes = pods
    .filter(({ status }) => status?.phase === "Succeeded")
    .map(({ metadata }) => Number(metadata.annotations?.[indexAnnotation]));
  return {
    ...conditionsOf(job, verdict, now),
    ...(startTime === undefined ? {} : { startTime }),
    ...(verdict.state === "Complete" ? { completionTime: job.status?.completionTime ?? now } : {}),
    ...(active.length > 0 && !finished ? { active: active.length } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    ...(job.spec.completionMode === "Indexed" && succeeded > 0 ? { completedIndexes: formatIndexes(indexes) } : {}),
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: finished ? 0 : active.filter(isReady).length,
  };
}

function conditionsOf(job: Job, { state, reason, message }: JobVerdict, now: string): Pick<JobStatus, "conditions"> {
  const previous = job.status?.conditions ?? [];
  const types = {
    Complete: ["SuccessCriteriaMet", "Complete"],
    Failed: ["FailureTarget", "Failed"],
    Suspended: ["Suspended"],
    Running: [],
  }[state];
  const missing = types.filter(
    (type) => !previous.some((condition) => condition.type === type && condition.status === "True"),
  );
  const added = missing.map((type) => ({
    type,
    status: "True",
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  }));
  const kept = previous
    .filter(({ type }) => !missing.includes(type))
    .map((condition) =>
      condition.type === "Suspended" && condition.status === "True" && state === "Running"
        ? {
            ...condition,
            status: "False",
            reason: "JobResumed",
            message: "Job resumed",
            lastProbeTime: now,
            lastTransitionTime: now,
          }
        : condition,
    );
  const conditions = [...kept, ...added];
  return conditions.length === 0 ? {} : { conditions };
}
