import type { Clock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { determineStatus, type ObjectStatus } from "@eddy/kstatus";
import type { StatusSource } from "../../health/index.ts";
import type { ReleaseWaiter, WaitForOptions, WaitStrategy } from "../ports.ts";
import { hookStatus } from "./hook-status.ts";
import { legacyHookReadiness, legacyReadiness, type Readiness } from "./legacy-readiness.ts";
import { judgeGone, judgeReady, runsToCompletion } from "./status-verdict.ts";
import { watchStatuses, type Reading, type Verdict, type WatchStatusesOptions } from "./watch-statuses.ts";

/** Where a waiter sees objects. */
export interface WaiterWorld {
  source: StatusSource;
  clock: Clock;
}

/** The waiter of a strategy, as Helm has it; but all of them watch, none polls. */
export function createWaiter(strategy: WaitStrategy, world: WaiterWorld): ReleaseWaiter {
  if (strategy === "legacy") return legacyWaiter(world);
  const waiter = statusWaiter(world);
  if (strategy === "watcher") return waiter;
  return { ...waiter, ready: () => Promise.resolve(), gone: () => Promise.resolve() };
}

function statusWaiter({ source, clock }: WaiterWorld): ReleaseWaiter {
  const now = (): Date => new Date(clock.now());
  const optionsOf = (
    options: WaitForOptions,
    read: (live: KubeObject | undefined) => ObjectStatus,
  ): WatchStatusesOptions<ObjectStatus> => ({
    source,
    clock,
    ...options,
    read,
    judge: judgeReady,
    isSettled: ({ status }) => status === "Current" || status === "Failed",
    areLive: true,
  });
  return {
    ready(objects, { jobs, ...options }) {
      const read = (live: KubeObject | undefined): ObjectStatus =>
        determineStatus(live, { now: now(), jobs: jobs ? "completed" : "started" });
      // A Deployment that is paused will not get ready by waiting.
      return watchStatuses(
        objects.filter((object) => !isPaused(object)),
        optionsOf(options, read),
      );
    },
    hookDone: (objects, options) =>
      watchStatuses(
        objects.filter(runsToCompletion),
        optionsOf(options, (live) => hookStatus(live, now())),
      ),
    gone: (objects, options) => watchStatuses(objects, goneOptions({ source, clock }, options)),
  };
}

function goneOptions({ source, clock }: WaiterWorld, options: WaitForOptions): WatchStatusesOptions<ObjectStatus> {
  return {
    source,
    clock,
    ...options,
    read: (live) => determineStatus(live, { now: new Date(clock.now()) }),
    judge: judgeGone,
    isSettled: () => false,
    areLive: false,
  };
}

function isPaused(object: KubeObject): boolean {
  return object.kind === "Deployment" && valueAt(object, "spec", "paused") === true;
}

function legacyWaiter(world: WaiterWorld): ReleaseWaiter {
  const optionsOf = (
    options: WaitForOptions,
    timeoutMessage: string,
    read: (live: KubeObject | undefined) => Readiness,
  ): WatchStatusesOptions<Readiness> => ({
    ...world,
    ...options,
    read,
    judge: (readings, isOver) => judgeReadiness(readings, isOver, timeoutMessage),
    isSettled: ({ state }) => state === "Broken",
    areLive: true,
  });
  return {
    ready: (objects, { jobs, ...options }) =>
      watchStatuses(
        objects,
        optionsOf(options, "context deadline exceeded", (live) => legacyReadiness(live, { jobs })),
      ),
    hookDone: (objects, options) =>
      watchStatuses(
        objects.filter(runsToCompletion),
        optionsOf(options, "timed out waiting for the condition", legacyHookReadiness),
      ),
    gone: (objects, options) =>
      watchStatuses(objects, {
        ...goneOptions(world, options),
        judge: (readings, isOver) => {
          const verdict = judgeGone(readings, isOver);
          return verdict.state === "failed" ? { ...verdict, message: "context deadline exceeded" } : verdict;
        },
      }),
  };
}

function judgeReadiness(readings: readonly Reading<Readiness>[], isOver: boolean, timeoutMessage: string): Verdict {
  const broken = readings.flatMap(({ status }) => (status?.state === "Broken" ? [status.message] : []));
  if (broken.length > 0) return { state: "failed", message: broken.join("\n") };
  if (readings.every(({ status }) => status?.state === "Ready")) return { state: "done" };
  return isOver ? { state: "failed", message: timeoutMessage } : { state: "waiting" };
}
