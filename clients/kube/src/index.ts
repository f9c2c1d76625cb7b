/**
 * A thin Kubernetes API client on `node:https`.
 *
 * Not a model of the kinds (objects are plain JSON) and not a controller. Entry points: `connect` (a client from a
 * kubeconfig) and `reflect` (a cache of a kind, kept true by list and watch).
 */
export type * from "./client.ts";
export type { ApiResource } from "./discovery.ts";
export { KubeApiError, KubeConnectionError, hasReason, type ApiStatus } from "./errors.ts";
