/**
 * Makes workloads become ready without a cluster: the part of kube-controller-manager, scheduler and kubelet that
 * objects show. Deployments get ReplicaSets, those get Pods, Pods run, Jobs complete, claims are bound, garbage goes.
 *
 * No container runs; nothing here knows HTTP. Entry points: {@link startWorkloads}, and {@link simulationOf}, which says
 * how a Pod is made to fail.
 */
export { startWorkloads, type Workloads } from "./start-workloads.ts";
export type { WorkloadsOptions } from "./frame/world.ts";
export { simulationOf, type Simulation } from "./pods/simulation.ts";
