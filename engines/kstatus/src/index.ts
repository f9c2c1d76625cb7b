/**
 * The status of any Kubernetes object, as cli-utils' kstatus computes it and Flux uses it.
 *
 * Reads one object and nothing else: no cluster, no watching, no pods of a workload. Entry points: {@link determineStatus},
 * {@link compileHealthCheck}.
 */
export { determineStatus, type DetermineStatusOptions } from "./determine-status.ts";
export { compileHealthCheck, type CustomHealthCheck, type HealthCheck } from "./custom-health-check.ts";
export type { ObjectStatus, StatusName } from "./status.ts";
