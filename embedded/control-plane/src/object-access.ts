/**
 * The store as controllers inside the process see it: no sockets, no JSON, no promises.
 *
 * Every write takes the same way as a request (defaulting, validation, managedFields, finalizers, generation), as the
 * user `system:kube-controller-manager`, without authorization. Objects handed out are shared with the store: never
 * change them, make a copy (`cloneJson` of `@eddy/core/object`).
 */
import type { Cancel } from "@eddy/core/clock";
import type { Requirement } from "@eddy/core/labels";
import type { KubeObject } from "@eddy/core/object";

/** Names a resource: `{ group: "apps", version: "v1", resource: "deployments" }`; the core group is "". */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** An object as the store holds it: shared, therefore not to be changed. */
export type StoredObject = Readonly<KubeObject>;

export interface ListOptions {
  /** Only this namespace; all when absent. */
  namespace?: string;
  /** Label requirements; all objects when absent. */
  selector?: readonly Requirement[];
}

export interface WriteOptions {
  /** Field manager of the write. Default `kube-controller-manager`. */
  manager?: string;
}

export interface DeleteOptions {
  /** Default `Background`. */
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
  /** 0 removes a Pod at once; otherwise a Pod first gets a deletionTimestamp, for a kubelet to finish. Default 30 for Pods. */
  gracePeriodSeconds?: number;
  /** Delete only this incarnation. */
  uid?: string;
}

/** A committed change. `previous` is the object before it: absent for ADDED; for DELETED, `object` is the last state with the new resourceVersion. */
export interface ObjectEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: GroupVersionResource;
  readonly object: StoredObject;
  readonly previous?: StoredObject;
}

/**
 * Synchronous access to the objects of one control plane.
 *
 * Writes throw {@link StatusError} (an EddyError): `NOT_FOUND`, `ALREADY_EXISTS`, `CONFLICT`, `INVALID`, `FORBIDDEN`, …
 */
export interface ObjectAccess {
  /** The object, or undefined. `namespace` is "" for cluster-scoped resources. */
  get(resource: GroupVersionResource, namespace: string, name: string): StoredObject | undefined;
  /** Objects in key order (namespace, name). */
  list(resource: GroupVersionResource, options?: ListOptions): readonly StoredObject[];
  /** Stores a new object; `metadata.generateName` works. Returns it as stored. */
  create(resource: GroupVersionResource, object: KubeObject, options?: WriteOptions): StoredObject;
  /** Replaces spec and metadata (status is ignored where the kind has a status subresource). A resourceVersion in it is an optimistic lock. No change, no new version. */
  update(resource: GroupVersionResource, object: KubeObject, options?: WriteOptions): StoredObject;
  /**
   * Replaces `status`, not the spec; never counts as a new generation. Annotations of built-in kinds change with it, as on the
   * original: the Deployment controller sets its revision annotation in this way.
   */
  updateStatus(resource: GroupVersionResource, object: KubeObject, options?: WriteOptions): StoredObject;
  /** Deletes, or marks for deletion while finalizers remain. A missing object is not an error: returns false. */
  delete(resource: GroupVersionResource, namespace: string, name: string, options?: DeleteOptions): boolean;
  /**
   * Calls `listener` for every later change of these resources ("all": of every resource, custom ones too), in order, before the writing call
   * returns: the listener notes what to look at and returns; it does not write. With `initial`, ADDED comes first for
   * what exists.
   */
  watch(
    resources: readonly GroupVersionResource[] | "all",
    listener: (event: ObjectEvent) => void,
    options?: { initial?: boolean },
  ): Cancel;
}
