/**
 * Flux v1's releases: a Release is planned, committed, applied and waited for; and what its command line lists.
 *
 * Not the policies (`@eddy/image-policy`) and not the edits (`@eddy/runtime/source-write`). Entry points: {@link listWorkloads}, and
 * `startReleaseControllers` behind a door of its own (`/start`), which loads nothing of this before it is needed.
 */
export type { ReleaseControllerOptions } from "./start-releases.ts";
export { listWorkloads } from "./workload/list-workloads.ts";
export { formatWorkloadId, parseWorkloadId, type WorkloadId } from "./workload/workload-id.ts";
export type { Workload } from "./workload/workload.ts";
export { readRollout, type Rollout } from "./workload/rollout.ts";
export { deliverersOf, observeApplied, observeRollout } from "./release/await-release.ts";
export { awaitedVotesOf, type AwaitedVotes } from "./release/release-votes.ts";
export type { Applied } from "./release/determine-applied.ts";
export { readFilter, type ContainerFilter } from "./release/container-filter.ts";
export { createImageRegistry, type ImageRegistryPorts } from "./registry/create-image-registry.ts";
export type { ImageRegistry, TagListing } from "./registry/image-registry.ts";
