import type { GroupVersionResource } from "@eddy/control-plane";

const of = (group: string, version: string, resource: string): GroupVersionResource => ({ group, version, resource });

/** The resources that the controllers read and write. */
export const pods: GroupVersionResource = of("", "v1", "pods");
export const nodes: GroupVersionResource = of("", "v1", "nodes");
export const namespaces: GroupVersionResource = of("", "v1", "namespaces");
export const services: GroupVersionResource = of("", "v1", "services");
export const endpoints: GroupVersionResource = of("", "v1", "endpoints");
export const configMaps: GroupVersionResource = of("", "v1", "configmaps");
export const secrets: GroupVersionResource = of("", "v1", "secrets");
export const serviceAccounts: GroupVersionResource = of("", "v1", "serviceaccounts");
export const claims: GroupVersionResource = of("", "v1", "persistentvolumeclaims");
export const volumes: GroupVersionResource = of("", "v1", "persistentvolumes");
export const events: GroupVersionResource = of("", "v1", "events");
export const storageClasses: GroupVersionResource = of("storage.k8s.io", "v1", "storageclasses");
export const endpointSlices: GroupVersionResource = of("discovery.k8s.io", "v1", "endpointslices");
export const deployments: GroupVersionResource = of("apps", "v1", "deployments");
export const replicaSets: GroupVersionResource = of("apps", "v1", "replicasets");
export const statefulSets: GroupVersionResource = of("apps", "v1", "statefulsets");
export const daemonSets: GroupVersionResource = of("apps", "v1", "daemonsets");
export const controllerRevisions: GroupVersionResource = of("apps", "v1", "controllerrevisions");
export const jobs: GroupVersionResource = of("batch", "v1", "jobs");
export const cronJobs: GroupVersionResource = of("batch", "v1", "cronjobs");
export const ingresses: GroupVersionResource = of("networking.k8s.io", "v1", "ingresses");
export const disruptionBudgets: GroupVersionResource = of("policy", "v1", "poddisruptionbudgets");
export const autoscalers: GroupVersionResource = of("autoscaling", "v2", "horizontalpodautoscalers");

/** Whether both name the same collection: an event may come in another version. */
export function sameCollection(left: GroupVersionResource, right: GroupVersionResource): boolean {
  return left.group === right.group && left.resource === right.resource;
}
