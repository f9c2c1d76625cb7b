import type { ContainerStatus, Pod, PodCondition } from "../frame/shapes.ts";

/** What happens to the containers of a Pod. */
export type ContainerFate =
  | { name: "running"; ready: boolean }
  | { name: "waiting"; reason: string; message: string; restartCount: number }
  | { name: "terminated"; exitCode: number };

/** Where a Pod runs. */
export interface Placement {
  podIP: string;
  hostIP: string;
}

/** The status of a Pod whose containers all meet the same fate, as a kubelet reports it. `now` is RFC 3339. */
export function podStatus(
  pod: Pod,
  fate: ContainerFate,
  placement: Placement,
  now: string,
): NonNullable<Pod["status"]> {
  const ready = fate.name === "running" && fate.ready;
  const done = fate.name === "terminated" && fate.exitCode === 0;
  const readyReason = ready
    ? {}
    : done
      ? { reason: "PodCompleted" }
      : {
          reason: "ContainersNotReady",
          message: `containers with unready status: [${pod.spec.containers.map(({ name }) => name).join(" ")}]`,
        };
  const previous = pod.status?.conditions ?? [];
  const condition = (type: string, status: boolean, more: object = {}): PodCondition => {
    const text = status ? "True" : "False";
    const before = previous.find((each) => each.type === type);
    const lastTransitionTime = before?.status === text ? (before.lastTransitionTime ?? now) : now;
    return { type, status: text, lastProbeTime: null, lastTransitionTime, ...more };
  };
  const statuses = pod.spec.containers.map(({ name, image = "" }) =>
    containerStatus(name, image, fate, pod.status?.startTime ?? now, now),
  );
  const initStatuses = (pod.spec.initContainers ?? []).map(({ name, image = "" }) =>
    containerStatus(name, image, { name: "terminated", exitCode: 0 }, now, now),
  );
  return {
    phase: phaseOf(fate),
    conditions: [
      condition("PodReadyToStartContainers", !done),
      condition("Initialized", true, done ? { reason: "PodCompleted" } : {}),
      condition("Ready", ready, readyReason),
      condition("ContainersReady", ready, readyReason),
      condition("PodScheduled", true),
    ],
    hostIP: placement.hostIP,
    hostIPs: [{ ip: placement.hostIP }],
    podIP: placement.podIP,
    podIPs: [{ ip: placement.podIP }],
    startTime: pod.status?.startTime ?? now,
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    qosClass: pod.status?.["qosClass"] ?? "BestEffort",
  };
}

function phaseOf(fate: ContainerFate): NonNullable<NonNullable<Pod["status"]>["phase"]> {
  if (fate.name === "terminated") return fate.exitCode === 0 ? "Succeeded" : "Failed";
  // A container that waits between crashes has run before; one that waits for its image has not.
  return fate.name === "running" || fate.restartCount > 0 ? "Running" : "Pending";
}

function containerStatus(
  name: string,
  image: string,
  fate: ContainerFate,
  startedAt: string,
  now: string,
): ContainerStatus {
  const exited = (
    exitCode: number,
  ): { terminated: { exitCode: number; reason: string; startedAt: string; finishedAt: string } } => ({
    terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt, finishedAt: now },
  });
  const common = {
    name,
    image,
    imageID: fate.name === "waiting" && fate.restartCount === 0 ? "" : `simulated://${image}`,
  };
  switch (fate.name) {
    case "running":
      return {
        ...common,
        state: { running: { startedAt: now } },
        lastState: {},
        ready: fate.ready,
        started: true,
        restartCount: 0,
      };
    case "terminated":
      return { ...common, state: exited(fate.exitCode), lastState: {}, ready: false, started: false, restartCount: 0 };
    case "waiting":
      return {
        ...common,
        state: { waiting: { reason: fate.reason, message: fate.message } },
        lastState: fate.restartCount > 0 ? exited(1) : {},
        ready: false,
        started: false,
        restartCount: fate.restartCount,
      };
  }
}
