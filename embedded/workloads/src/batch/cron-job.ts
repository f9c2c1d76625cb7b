import { formatTime } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { cloneJson } from "@eddy/core/object";
import { cronJobs, jobs } from "../frame/resources.ts";
import type { CronJob, Job } from "../frame/shapes.ts";
import {
  controlledBy,
  controllerKey,
  controllerReference,
  isDeleted,
  writeStatus,
  type Controller,
  type Pass,
} from "../frame/world.ts";
import { nextRun, parseSchedule } from "./cron.ts";
import { isOver } from "./job.ts";

const component = "cronjob-controller";

/** Starts Jobs by the clock. */
export const cronJobController: Controller = {
  name: component,
  resource: cronJobs,
  watches: [jobs],
  concerns: ({ object }) => controllerKey(object, "CronJob"),
  reconcile(namespace, name, pass) {
    const cronJob = pass.access.get(cronJobs, namespace, name) as CronJob | undefined;
    if (!cronJob || isDeleted(cronJob)) return;
    const runs = controlledBy<Job>(pass, cronJob, jobs);
    forgetHistory(cronJob, runs, pass);
    const startedMs = cronJob.spec.suspend ? undefined : startDue(cronJob, runs, pass);
    const live = pass.access.get(cronJobs, namespace, name) as CronJob | undefined;
    if (live) writeStatus(pass, cronJobs, live, cronJobStatus(live, controlledBy<Job>(pass, cronJob, jobs), startedMs));
  },
};

/** What a CronJob shows of its Jobs. */
export function cronJobStatus(
  cronJob: CronJob,
  runs: readonly Job[],
  startedMs: number | undefined,
): NonNullable<CronJob["status"]> {
  const active = runs.filter((run) => !isOver(run) && !isDeleted(run));
  const ends = runs
    .flatMap(({ status }) => (status?.completionTime === undefined ? [] : [status.completionTime]))
    .sort();
  const lastScheduleTime = startedMs === undefined ? cronJob.status?.lastScheduleTime : formatTime(new Date(startedMs));
  const lastSuccessfulTime = [cronJob.status?.lastSuccessfulTime, ends.at(-1)]
    .filter((end) => end !== undefined)
    .sort()
    .at(-1);
  const references = active.map(({ metadata: { name, namespace, uid, resourceVersion } }) => ({
    kind: "Job",
    namespace,
    name,
    uid,
    apiVersion: "batch/v1",
    resourceVersion,
  }));
  return {
    ...(references.length === 0 ? {} : { active: references }),
    ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
    ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
  };
}

/** Starts the run that is due, if any, and returns its time; looks again when the next one is. */
function startDue(cronJob: CronJob, runs: readonly Job[], pass: Pass): number | undefined {
  let schedule;
  try {
    schedule = parseSchedule(cronJob.spec.schedule, cronJob.spec.timeZone ?? "UTC");
  } catch (error) {
    pass.tell(cronJob, component, "Warning", "UnparseableSchedule", `unparseable schedule: ${messageOf(error)}`);
    return undefined;
  }
  const nowMs = pass.clock.now();
  const sinceMs = Date.parse(
    cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp ?? formatTime(new Date(nowMs)),
  );
  let dueMs: number | undefined;
  // Of several that were missed only the last is made up for.
  for (
    let runMs = nextRun(schedule, sinceMs), looks = 0;
    runMs !== undefined && runMs <= nowMs && looks < 1_000;
    looks++
  ) {
    dueMs = runMs;
    runMs = nextRun(schedule, runMs);
  }
  const nextMs = nextRun(schedule, nowMs);
  if (nextMs !== undefined) pass.again(nextMs - nowMs);
  if (dueMs === undefined || isTooLate(cronJob, dueMs, nowMs)) return undefined;
  return start(cronJob, runs, dueMs, pass) ? dueMs : undefined;
}

function isTooLate({ spec }: CronJob, dueMs: number, nowMs: number): boolean {
  return spec.startingDeadlineSeconds !== undefined && nowMs - dueMs > spec.startingDeadlineSeconds * 1_000;
}

function start(cronJob: CronJob, runs: readonly Job[], dueMs: number, pass: Pass): boolean {
  const active = runs.filter((run) => !isOver(run));
  if (active.length > 0 && cronJob.spec.concurrencyPolicy === "Forbid") return false;
  const namespace = cronJob.metadata.namespace ?? "";
  if (cronJob.spec.concurrencyPolicy === "Replace")
    for (const run of active) pass.access.delete(jobs, namespace, run.metadata.name);
  const name = `${cronJob.metadata.name}-${Math.floor(dueMs / 60_000)}`;
  if (pass.access.get(jobs, namespace, name)) return true;
  const { metadata = {}, spec } = cloneJson(cronJob.spec.jobTemplate);
  pass.access.create(jobs, {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...metadata,
      name,
      namespace,
      annotations: {
        ...metadata.annotations,
        "batch.kubernetes.io/cronjob-scheduled-timestamp": formatTime(new Date(dueMs)),
      },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec,
  });
  pass.tell(cronJob, component, "Normal", "SuccessfulCreate", `Created job ${name}`);
  return true;
}

function forgetHistory({ spec }: CronJob, runs: readonly Job[], pass: Pass): void {
  const ended = (type: string): Job[] =>
    runs
      .filter((run) =>
        run.status?.conditions?.some((condition) => condition.type === type && condition.status === "True"),
      )
      .sort(
        (a, b) =>
          (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") ||
          a.metadata.name.localeCompare(b.metadata.name),
      );
  const surplus = (list: Job[], keep: number): Job[] => list.slice(0, Math.max(0, list.length - keep));
  for (const run of [
    ...surplus(ended("Complete"), spec.successfulJobsHistoryLimit ?? 3),
    ...surplus(ended("Failed"), spec.failedJobsHistoryLimit ?? 1),
  ]) {
    pass.access.delete(jobs, run.metadata.namespace ?? "", run.metadata.name);
  }
}
