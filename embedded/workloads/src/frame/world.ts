import type { GroupVersionResource, ObjectAccess, ObjectEvent, StoredObject } from "@eddy/control-plane";
import type { Clock } from "@eddy/core/clock";
import { deepEqual } from "@eddy/core/json";
import type { Logger } from "@eddy/core/log";
import { cloneJson, type KubeObject, type OwnerReference } from "@eddy/core/object";
import type { OwnerIndex } from "./owner-index.ts";
import { sameCollection } from "./resources.ts";

/** Options of {@link startWorkloads}. */
export interface WorkloadsOptions {
  clock?: Clock;
  log?: Logger;
  /** From the start of a Pod to its readiness, and from the start of a Job's Pod to its end; default 250. */
  readyDelayMs?: number;
  /** Address that LoadBalancer Services and Ingresses get; default `192.0.2.1`, "" for none. */
  loadBalancerAddress?: string;
  /** PEM text published as `kube-root-ca.crt` in each namespace; absent: none is made. */
  rootCertificate?: string;
  /** Names of the nodes there are; default `node-1`. */
  nodes?: readonly string[];
}

/** What a controller works with. Everything is synchronous: an event in, writes out. */
export interface World {
  readonly access: ObjectAccess;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owners: OwnerIndex;
  readonly options: Required<Omit<WorkloadsOptions, "clock" | "log">>;
  /** Records a `core/v1` Event about an object. */
  tell(about: StoredObject, component: string, type: "Normal" | "Warning", reason: string, message: string): void;
}

/** One pass of one controller. */
export interface Pass extends World {
  /** Looks at the same object again after a while; the earliest wish wins. */
  again(delayMs: number): void;
}

/** A controller: what it watches, which of its objects each change concerns, and one level-based pass over one of them. */
export interface Controller {
  readonly name: string;
  /** Kind whose objects the keys name. */
  readonly resource: GroupVersionResource;
  /** Other resources that matter; "all" for every one. */
  readonly watches: readonly GroupVersionResource[] | "all";
  /** Objects of `resource`, as `namespace/name`, that a change of a watched resource concerns. */
  concerns(event: ObjectEvent, world: World): Iterable<string>;
  reconcile(namespace: string, name: string, pass: Pass): void;
}

/** Key of an object in a queue. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

/** Key of the controlling owner of this kind, for `concerns`. */
export function controllerKey(object: StoredObject, kind: string): string[] {
  const owner = controllerOf(object);
  return owner?.kind === kind ? [`${object.metadata.namespace ?? ""}/${owner.name}`] : [];
}

/** The owner that controls an object. */
export function controllerOf(object: StoredObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** The reference that makes `owner` the controller of something. */
export function controllerReference(owner: StoredObject): OwnerReference {
  const { name, uid = "" } = owner.metadata;
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Objects of a resource that `owner` controls, by name. */
export function controlledBy<T extends KubeObject>(
  world: World,
  owner: StoredObject,
  resource: GroupVersionResource,
): T[] {
  const uid = owner.metadata.uid ?? "";
  return world.owners
    .dependentsOf(uid)
    .filter((location) => sameCollection(location.resource, resource))
    .map(({ namespace, name }) => world.access.get(resource, namespace, name) as T | undefined)
    .filter((object) => object !== undefined && controllerOf(object)?.uid === uid) as T[];
}

/** Writes a status when it differs; undefined members count as absent. */
export function writeStatus(world: World, resource: GroupVersionResource, object: StoredObject, status: object): void {
  if (deepEqual(object["status"], status)) return;
  world.access.updateStatus(resource, { ...cloneJson(object), status: cloneJson(withoutUndefined(status)) });
}

/** Writes an object with its `spec` or `metadata` changed by `change`. */
export function modify<T extends KubeObject>(
  world: World,
  resource: GroupVersionResource,
  object: StoredObject,
  change: (copy: T) => void,
): StoredObject {
  const copy = cloneJson(object) as T;
  change(copy);
  return world.access.update(resource, copy);
}

function withoutUndefined(status: object): object {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
}

/** Whether an object is on its way out. */
export function isDeleted(object: StoredObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
