/**
 * Other clusters that objects apply to: by a kubeconfig in a Secret, or by a workload identity that a ConfigMap describes.
 *
 * Not impersonation within a cluster. Entry point: {@link createRemoteClients}.
 */
export { createRemoteClients, type RemoteClients, type RemoteClientsOptions } from "./remote-clients.ts";
export { RemoteClusterError } from "./remote-cluster-error.ts";
export { kubeConfigRefOf } from "./kube-config-ref.ts";
export type { CloudEndpointsOfClusters } from "./cluster-login.ts";
