import type { Pod } from "../frame/shapes.ts";
import { isFinished, isReady } from "./pod-facts.ts";
import type { ContainerFate } from "./pod-status.ts";
import { simulationOf, type Simulation } from "./simulation.ts";

/** What a stage does to a Pod. */
export type StageEffect =
  | { name: "remove" }
  | { name: "schedule" }
  | { name: "become"; fate: ContainerFate; event?: StageEvent };

export interface StageEvent {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
}

/** What a stage looks at. */
export interface StageView {
  pod: Pod;
  simulation: Simulation;
  /** Set while something that the Pod needs is missing. */
  missing: { reason: string; message: string } | undefined;
  readyDelayMs: number;
}

/** One step in the life of a Pod: the first whose `when` holds is taken, after its delay. */
export interface Stage {
  name: string;
  when(view: StageView): boolean;
  /** Since the Pod came into this stage; default none. */
  delayMs?(view: StageView): number;
  effect(view: StageView): StageEffect;
}

const waitingReason = ({ status }: Pod): string | undefined => status?.containerStatuses?.[0]?.state.waiting?.reason;
const restartsOf = ({ status }: Pod): number => status?.containerStatuses?.[0]?.restartCount ?? 0;
const isScheduled = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === "PodScheduled" && value === "True") ?? false;
const runsToEnd = ({ spec }: Pod): boolean => spec.restartPolicy === "Never" || spec.restartPolicy === "OnFailure";
const image = ({ spec }: Pod): string => spec.containers[0]?.image ?? "";

/** 10 s, doubled with each crash, at most five minutes: as the kubelet waits. */
const crashBackoffMs = (restarts: number): number => Math.min(300_000, 10_000 * 2 ** Math.min(restarts - 1, 10));

const waiting = (reason: string, message: string, restartCount = 0): ContainerFate => ({
  name: "waiting",
  reason,
  message,
  restartCount,
});

/** The life of every Pod, in order of precedence. A finished one can only be removed. */
export const stages: readonly Stage[] = [
  {
    name: "remove",
    when: ({ pod }) => pod.metadata.deletionTimestamp !== undefined,
    effect: () => ({ name: "remove" }),
  },
  { name: "schedule", when: ({ pod }) => !isScheduled(pod), effect: () => ({ name: "schedule" }) },
  {
    name: "wait for what it needs",
    when: ({ pod, missing }) => missing !== undefined && !isReady(pod) && restartsOf(pod) === 0,
    effect: ({ missing }) => ({
      name: "become",
      fate: waiting(missing?.reason ?? "", missing?.message ?? ""),
      event: {
        type: "Warning",
        reason: missing?.reason === "ContainerCreating" ? "FailedMount" : "Failed",
        message: missing?.message ?? "",
      },
    }),
  },
  {
    name: "back off from a pull",
    when: ({ pod, simulation }) => simulation === "image-pull-error" && waitingReason(pod) === "ErrImagePull",
    delayMs: ({ readyDelayMs }) => readyDelayMs,
    effect: ({ pod }) => ({
      name: "become",
      fate: waiting("ImagePullBackOff", `Back-off pulling image "${image(pod)}"`),
    }),
  },
  {
    name: "fail to pull",
    when: ({ pod, simulation }) => simulation === "image-pull-error" && waitingReason(pod) !== "ImagePullBackOff",
    effect: ({ pod }) => {
      const message = `Failed to pull image "${image(pod)}": not found`;
      return {
        name: "become",
        fate: waiting("ErrImagePull", message),
        event: { type: "Warning", reason: "Failed", message },
      };
    },
  },
  {
    name: "fail",
    when: ({ pod, simulation }) => simulation === "crash" && pod.spec.restartPolicy === "Never",
    delayMs: ({ readyDelayMs }) => readyDelayMs,
    effect: () => ({ name: "become", fate: { name: "terminated", exitCode: 1 } }),
  },
  {
    name: "crash",
    when: ({ simulation }) => simulation === "crash",
    delayMs: ({ pod, readyDelayMs }) => (restartsOf(pod) === 0 ? readyDelayMs : crashBackoffMs(restartsOf(pod))),
    effect: ({ pod }) => {
      const restarts = restartsOf(pod) + 1;
      const container = pod.spec.containers[0]?.name ?? "";
      const where = `pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
      return {
        name: "become",
        fate: waiting(
          "CrashLoopBackOff",
          `back-off ${crashBackoffMs(restarts) / 1_000}s restarting failed container=${container} ${where}`,
          restarts,
        ),
        event: {
          type: "Warning",
          reason: "BackOff",
          message: `Back-off restarting failed container ${container} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
        },
      };
    },
  },
  {
    name: "complete",
    when: ({ pod, simulation }) => simulation === "ready" && runsToEnd(pod),
    delayMs: ({ readyDelayMs }) => readyDelayMs,
    effect: () => ({ name: "become", fate: { name: "terminated", exitCode: 0 } }),
  },
  {
    name: "run without readiness",
    when: ({ pod, simulation }) => simulation === "never-ready" && pod.status?.phase !== "Running",
    effect: () => ({ name: "become", fate: { name: "running", ready: false } }),
  },
  {
    name: "become ready",
    when: ({ pod, simulation }) => simulation === "ready" && !isReady(pod),
    delayMs: ({ readyDelayMs }) => readyDelayMs,
    effect: () => ({ name: "become", fate: { name: "running", ready: true } }),
  },
];

/** The stage of a Pod; undefined when nothing more happens to it by itself. */
export function determineStage(
  pod: Pod,
  missing: StageView["missing"],
  readyDelayMs: number,
): { stage: Stage; view: StageView } | undefined {
  const view = { pod, simulation: simulationOf(pod), missing, readyDelayMs };
  const stage = stages.find(({ name, when }) => (name === "remove" || !isFinished(pod)) && when(view));
  return stage && { stage, view };
}
