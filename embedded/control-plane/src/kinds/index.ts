/** The strategies by group and kind; a kind that is not here has none of its own. One line a kind. */
import type { ResourceInfo } from "../resources/resource-info.ts";
import { customResourceDefinition } from "../crd/definition-strategy.ts";
import { daemonSet, deployment, replicaSet, statefulSet } from "./apps.ts";
import { cronJob, job } from "./batch.ts";
import {
  configMap,
  endpoints,
  event,
  limitRange,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  secret,
} from "./core.ts";
import { namespace } from "./namespace.ts";
import {
  apiService,
  counted,
  endpointSlice,
  horizontalPodAutoscaler,
  ingress,
  ingressClass,
  lease,
  networkPolicy,
  podDisruptionBudget,
  priorityClass,
  resourceQuota,
  runtimeClass,
  serviceAccount,
  storageClass,
  webhookConfiguration,
} from "./others.ts";
import { binding, role } from "./rbac.ts";
import { service } from "./service.ts";
import type { KindStrategy } from "./strategy.ts";

const none: KindStrategy = {};

const strategies: Readonly<Record<string, KindStrategy>> = {
  "/ConfigMap": configMap,
  "/Endpoints": endpoints,
  "/Event": event,
  "/LimitRange": limitRange,
  "/Namespace": namespace,
  "/Node": node,
  "/PersistentVolume": persistentVolume,
  "/PersistentVolumeClaim": persistentVolumeClaim,
  "/Pod": pod,
  "/PodTemplate": counted,
  "/ReplicationController": counted,
  "/ResourceQuota": resourceQuota,
  "/Secret": secret,
  "/Service": service,
  "/ServiceAccount": serviceAccount,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": webhookConfiguration,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy": counted,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": counted,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": webhookConfiguration,
  "apiextensions.k8s.io/CustomResourceDefinition": customResourceDefinition,
  "apiregistration.k8s.io/APIService": apiService,
  "apps/DaemonSet": daemonSet,
  "apps/Deployment": deployment,
  "apps/ReplicaSet": replicaSet,
  "apps/StatefulSet": statefulSet,
  "autoscaling/HorizontalPodAutoscaler": horizontalPodAutoscaler,
  "batch/CronJob": cronJob,
  "batch/Job": job,
  "coordination.k8s.io/Lease": lease,
  "discovery.k8s.io/EndpointSlice": endpointSlice,
  "events.k8s.io/Event": event,
  "networking.k8s.io/Ingress": ingress,
  "networking.k8s.io/IngressClass": ingressClass,
  "networking.k8s.io/NetworkPolicy": networkPolicy,
  "node.k8s.io/RuntimeClass": runtimeClass,
  "policy/PodDisruptionBudget": podDisruptionBudget,
  "rbac.authorization.k8s.io/ClusterRole": role,
  "rbac.authorization.k8s.io/ClusterRoleBinding": binding,
  "rbac.authorization.k8s.io/Role": role,
  "rbac.authorization.k8s.io/RoleBinding": binding,
  "scheduling.k8s.io/PriorityClass": priorityClass,
  "storage.k8s.io/StorageClass": storageClass,
};

/** What a kind does differently. */
export function strategyOf(info: ResourceInfo): KindStrategy {
  return info.custom ? none : (strategies[`${info.group}/${info.kind}`] ?? none);
}
