/**
 * A Kubernetes API server in process: for development, tests and previews. No containers run; no etcd, no Go.
 *
 * Not a cluster and not for production: controllers (garbage collection, workloads) are `@eddy/workloads`, or a real
 * kube-controller-manager pointed at it. What belongs to the server itself is here: namespaces end, definitions are served.
 * Entry points: {@link startControlPlane}, and {@link ObjectAccess} for controllers that live in the same process.
 */
export { startControlPlane } from "./control-plane.ts";
export type {
  ControlPlane,
  ControlPlaneOptions,
  InProcessRequest,
  InProcessResponse,
  PodLogRequest,
  StaticToken,
} from "./options.ts";
export type {
  DeleteOptions,
  GroupVersionResource,
  ListOptions,
  ObjectAccess,
  ObjectEvent,
  StoredObject,
  WriteOptions,
} from "./object-access.ts";
export { StatusError, type StatusCause, type StatusDetails } from "./status-error.ts";
