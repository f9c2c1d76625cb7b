import { helmNameLabel, type HelmRelease } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { refOf, valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { determineStatus } from "@eddy/kstatus";
import type { Run } from "@eddy/runtime/controller";
import {
  hasExpression,
  isHealthyByExistence,
  waitGone,
  waitHealthy,
  type CustomStatusOf,
  type ObjectStatus,
  type WaitSubject,
} from "@eddy/runtime/health";
import type { ReleaseWaiter, WaitForOptions, WaitStrategy } from "@eddy/runtime/helm";
import type { Cluster } from "./ports.ts";

/** What a waiter needs of a pass. */
export interface WaiterOptions {
  run: Run<HelmRelease>;
  cluster: Cluster;
  clock: Clock;
  customStatusOf: CustomStatusOf;
}

/**
 * Waits as Flux does: by kstatus and the release's own expressions, in Flux's words, one failed object ending the wait unless it
 * is a hook's. No wait holds a worker, and nothing is polled.
 */
export function createReleaseWaiter(
  strategy: WaitStrategy,
  { run, cluster, clock, customStatusOf }: WaiterOptions,
): ReleaseWaiter {
  const now = (): Date => new Date(clock.now());
  const wait = async (
    objects: readonly KubeObject[],
    { timeoutMs, signal, failFast }: WaitForOptions & { failFast: boolean },
    statusOf: (object: KubeObject) => ObjectStatus,
  ): Promise<void> => {
    const pending = objects.filter((object) => statusOf(object) !== "Current");
    if (pending.length === 0) return;
    const subjects = pending.map((object) => subjectOf(object, cluster));
    await run.awaitOutside(() =>
      waitHealthy(subjects, {
        source: cluster.statuses,
        clock,
        timeoutMs,
        failFast,
        statusOf,
        ...(signal ? { signal } : {}),
      }),
    );
  };
  const waiter: ReleaseWaiter = {
    ready(objects, { jobs, ...options }) {
      const { healthCheckExprs } = run.object.spec;
      const isAwaited = (ref: ObjectRef): boolean => !isHealthyByExistence(ref) || hasExpression(healthCheckExprs, ref);
      const awaited = objects.filter((object) => !isPaused(object) && isAwaited(refOf(object)));
      return wait(
        awaited,
        { ...options, failFast: true },
        (object) =>
          customStatusOf(object) ??
          determineStatus(object, { now: now(), jobs: jobs ? "completed" : "started" }).status,
      );
    },
    // A hook may be a migration: what fails in it does not end what else runs.
    hookDone: (objects, options) =>
      wait(objects, { ...options, failFast: false }, (object) => customStatusOf(object) ?? hookStatusOf(object, now())),
    gone: (objects, { timeoutMs, signal }) =>
      run.awaitOutside(async () => {
        const options = { kube: cluster.kube, clock, timeoutMs, ...(signal ? { signal } : {}) };
        await Promise.all(objects.map((object) => waitGone(refOf(object), options)));
      }),
  };
  if (strategy !== "hookOnly") return waiter;
  return { ...waiter, ready: () => Promise.resolve(), gone: () => Promise.resolve() };
}

/** Jobs and Pods run to their end; whatever else a hook creates is ready as soon as it is there. */
export function hookStatusOf(object: KubeObject, now: Date): ObjectStatus {
  if (object.apiVersion === "batch/v1" && object.kind === "Job")
    return determineStatus(object, { now, jobs: "completed" }).status;
  if (object.apiVersion !== "v1" || object.kind !== "Pod") return "Current";
  const phase = valueAt(object, "status", "phase");
  if (phase === "Succeeded") return "Current";
  return phase === "Failed" ? "Failed" : "InProgress";
}

function subjectOf(object: KubeObject, { isRemote }: Cluster): WaitSubject {
  const { resourceVersion, labels } = object.metadata;
  return {
    ref: refOf(object),
    owned: !isRemote && labels?.[helmNameLabel] !== undefined,
    deletesItself: object.kind === "Job" && valueAt(object, "spec", "ttlSecondsAfterFinished") !== undefined,
    ...(resourceVersion === undefined ? {} : { sinceResourceVersion: resourceVersion }),
  };
}

function isPaused(object: KubeObject): boolean {
  return object.kind === "Deployment" && valueAt(object, "spec", "paused") === true;
}
