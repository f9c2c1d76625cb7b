import { isActive } from "../pods/pod-facts.ts";
import { podFrom } from "../apps/replica-set.ts";
import { createPod } from "../frame/create-pod.ts";
import { jobs, pods } from "../frame/resources.ts";
import type { Job, Pod } from "../frame/shapes.ts";
import {
  controlledBy,
  controllerKey,
  controllerOf,
  isDeleted,
  modify,
  writeStatus,
  type Controller,
  type Pass,
} from "../frame/world.ts";
import { determineJob, indexAnnotation, jobStatus } from "./job-status.ts";

const component = "job-controller";
const trackingFinalizer = "batch.kubernetes.io/job-tracking";
const firstBackoffMs = 10_000;

/** Runs the Pods of Jobs to their end. */
export const jobController: Controller = {
  name: component,
  resource: jobs,
  watches: [pods],
  concerns: ({ object }) => controllerKey(object, "Job"),
  reconcile(namespace, name, pass) {
    const job = pass.access.get(jobs, namespace, name) as Job | undefined;
    if (!job) return releasePods(orphans(namespace, name, pass), pass);
    const owned = controlledBy<Pod>(pass, job, pods);
    if (isDeleted(job)) return releasePods(owned, pass);
    if (isOver(job)) {
      releasePods(owned, pass);
      return collect(job, pass);
    }
    const nowMs = pass.clock.now();
    const verdict = determineJob(job, owned, nowMs);
    if (verdict.state === "Running") addPods(job, owned, verdict.missing, pass);
    else for (const pod of owned.filter(isActive)) pass.access.delete(pods, namespace, pod.metadata.name);
    const after = controlledBy<Pod>(pass, job, pods);
    writeStatus(pass, jobs, job, jobStatus(job, after, verdict, nowMs));
    if (verdict.state === "Complete") pass.tell(job, component, "Normal", "Completed", "Job completed");
    if (verdict.state === "Failed") pass.tell(job, component, "Warning", verdict.reason, verdict.message);
    if (verdict.state === "Running" && job.spec.activeDeadlineSeconds !== undefined)
      pass.again(job.spec.activeDeadlineSeconds * 1_000);
  },
};

/** Whether a Job has ended, one way or the other. */
export function isOver(job: Job): boolean {
  return (
    job.status?.conditions?.some(
      ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
    ) ?? false
  );
}

function addPods(job: Job, owned: readonly Pod[], count: number, pass: Pass): void {
  const waitMs = untilRetryMs(owned, pass.clock.now());
  if (count > 0 && waitMs > 0) return pass.again(waitMs);
  const indexes = job.spec.completionMode === "Indexed" ? freeIndexes(job, owned) : undefined;
  for (let added = 0; added < count; added++) {
    const index = indexes?.[added];
    if (indexes && index === undefined) return;
    const pod = podFrom(job.spec.template, {
      owner: job,
      generateName: index === undefined ? `${job.metadata.name}-` : `${job.metadata.name}-${index}-`,
      finalizers: [trackingFinalizer],
      ...(index === undefined
        ? {}
        : { annotations: { [indexAnnotation]: String(index) }, labels: { [indexAnnotation]: String(index) } }),
    });
    const created = createPod(pass, pod);
    pass.tell(job, component, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
  }
}

/** 10 s after the first failure, doubled with each. */
function untilRetryMs(owned: readonly Pod[], nowMs: number): number {
  const failed = owned.filter(({ status }) => status?.phase === "Failed");
  const ends = failed.map(({ status, metadata }) => {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return Date.parse(ready?.lastTransitionTime ?? metadata.creationTimestamp ?? "") || 0;
  });
  return failed.length === 0 ? 0 : Math.max(...ends) + firstBackoffMs * 2 ** Math.min(failed.length - 1, 6) - nowMs;
}

function freeIndexes(job: Job, owned: readonly Pod[]): number[] {
  const taken = new Set(
    owned
      .filter((pod) => isActive(pod) || pod.status?.phase === "Succeeded")
      .map(({ metadata }) => Number(metadata.annotations?.[indexAnnotation])),
  );
  return Array.from({ length: job.spec.completions ?? 1 }, (_, index) => index).filter((index) => !taken.has(index));
}

/** Pods of a Job that is gone: nobody else would let go of them. */
function orphans(namespace: string, name: string, pass: Pass): Pod[] {
  return (pass.access.list(pods, { namespace }) as readonly Pod[]).filter((pod) => {
    const owner = controllerOf(pod);
    return owner?.kind === "Job" && owner.name === name && !pass.owners.find(owner.uid);
  });
}

/** Finished Pods are counted in the Job's status: nothing holds them any more. */
function releasePods(owned: readonly Pod[], pass: Pass): void {
  for (const pod of owned) {
    if (!pod.metadata.finalizers?.includes(trackingFinalizer)) continue;
    modify<Pod>(
      pass,
      pods,
      pod,
      ({ metadata }) =>
        void (metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer)),
    );
  }
}

function collect(job: Job, pass: Pass): void {
  const { ttlSecondsAfterFinished } = job.spec;
  if (ttlSecondsAfterFinished === undefined) return;
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
  const waitMs = Date.parse(end?.lastTransitionTime ?? "") + ttlSecondsAfterFinished * 1_000 - pass.clock.now();
  if (waitMs > 0) return pass.again(waitMs);
  pass.access.delete(jobs, job.metadata.namespace ?? "", job.metadata.name, { propagationPolicy: "Foreground" });
}
