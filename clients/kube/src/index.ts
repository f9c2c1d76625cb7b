/**
 * A thin Kubernetes API client on `node:https`.
 *
 * Not a model of the kinds (objects are plain JSON) and not a controller. Entry points: `connect` (a client from a
 * kubeconfig) and `reflect` (a cache of a kind, kept true by list and watch).
 */
export type * from "./client.ts";
export type { ApiResource } from "./discovery/api-resource.ts";
export { KubeApiError, KubeConnectionError, hasReason, type ApiStatus } from "./errors.ts";
export { connect } from "./connect.ts";
export type { ConnectOptions, Fence } from "./connect-options.ts";
export type {
  ClusterConfig,
  ExecConfig,
  KubeConfig,
  KubeconfigFile,
  TokenSource,
  UserConfig,
} from "./kubeconfig/kube-config.ts";
export { parseKubeconfig } from "./kubeconfig/parse-kubeconfig.ts";
export { mergeKubeconfigs, resolveContext } from "./kubeconfig/resolve-context.ts";
export { loadKubeconfig, type LoadKubeconfigOptions } from "./kubeconfig/load-kubeconfig.ts";
export { loadInClusterConfig } from "./kubeconfig/load-in-cluster-config.ts";
export { restrictKubeConfig, type KubeConfigRestrictions } from "./kubeconfig/restrict-kube-config.ts";
export { reflect } from "./reflect/reflect.ts";
export type {
  Reflection,
  ReflectEvent,
  ReflectHandler,
  ReflectOptions,
  ReflectState,
  ReflectStore,
  WaitReason,
} from "./reflect/reflection.ts";
export { acquireLease } from "./lease/acquire-lease.ts";
export type { LeaseCandidate, LeaseEvent, Leadership, LeaseOptions } from "./lease/lease.ts";
