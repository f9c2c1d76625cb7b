import type { ObjectAccess } from "@eddy/control-plane";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import { daemonSetController } from "./apps/daemon-set.ts";
import { deploymentController } from "./apps/deployment.ts";
import { replicaSetController } from "./apps/replica-set.ts";
import { statefulSetController } from "./apps/stateful-set.ts";
import { cronJobController } from "./batch/cron-job.ts";
import { jobController } from "./batch/job.ts";
import { garbageCollector } from "./cluster/garbage-collector.ts";
import { namespaceController } from "./cluster/namespace.ts";
import { ensureNode } from "./cluster/node.ts";
import { createOwnerIndex } from "./frame/owner-index.ts";
import { eventRecorder } from "./frame/record-event.ts";
import { storageClasses } from "./frame/resources.ts";
import { runControllers } from "./frame/run-controllers.ts";
import type { Controller, WorkloadsOptions, World } from "./frame/world.ts";
import { endpointsController } from "./network/endpoints.ts";
import { ingressController, loadBalancerController } from "./network/load-balancer.ts";
import { kubelet } from "./pods/kubelet.ts";
import { autoscalerController } from "./policy/autoscaler.ts";
import { disruptionBudgetController } from "./policy/disruption-budget.ts";
import { claimController, standardClass } from "./storage/claims.ts";
import { volumeController } from "./storage/volumes.ts";

/** Running controllers. */
export interface Workloads {
  /** Ends them; what they made stays. */
  stop(): void;
}

/** Every controller there is; a new one is one line here. */
const controllers = (): Controller[] => [
  namespaceController,
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  kubelet(),
  endpointsController,
  loadBalancerController,
  ingressController,
  claimController,
  volumeController,
  disruptionBudgetController,
  autoscalerController,
  garbageCollector,
];

/**
 * Starts the controllers, a virtual node and a default storage class on the objects of one control plane. What is there
 * already is looked at first, so a restart goes on where the last run ended. Time is the clock's: with a fake one,
 * nothing happens until it is moved, and then at once.
 */
export function startWorkloads(access: ObjectAccess, options: WorkloadsOptions = {}): Workloads {
  const clock = options.clock ?? systemClock;
  const log = (options.log ?? silentLogger).with({ component: "workloads" });
  const world: World = {
    access,
    clock,
    log,
    owners: createOwnerIndex(),
    options: {
      readyDelayMs: options.readyDelayMs ?? 250,
      loadBalancerAddress: options.loadBalancerAddress ?? "192.0.2.1",
      rootCertificate: options.rootCertificate ?? "",
      nodes: options.nodes ?? ["node-1"],
    },
    tell: eventRecorder(access, clock, log),
  };
  const stop = runControllers(controllers(), world);
  try {
    for (const node of world.options.nodes) ensureNode(node, world);
    if (access.list(storageClasses).length === 0) access.create(storageClasses, standardClass);
  } catch (error) {
    log.log("error", `prepare the simulated cluster: ${messageOf(error)}`);
  }
  return { stop };
}
