/** Deletes what its owners leave behind: background, foreground and orphan propagation. Source: pkg/controller/garbagecollector. */
import type { KubeObject, OwnerReference } from "@eddy/core/object";
import type { Kernel } from "../kernel.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { deleteObject } from "../rest/delete-object.ts";
import { trackManagers, updateObject } from "../rest/write-object.ts";
import { StatusError } from "../status-error.ts";
import type { Change } from "../storage/store.ts";

const manager = { manager: "kube-controller-manager", user: { name: "system:serviceaccount:kube-system:generic-garbage-collector", groups: ["system:masters"] }, dryRun: false };

interface Dependent {
  collection: string;
  key: string;
}

/** Who depends on whom, by the owner's uid. */
class OwnerIndex {
  private readonly byOwner: Map<string, Map<string, Dependent>> = new Map();
  private readonly live: Map<string, Dependent> = new Map();

  note(change: Change): void {
    const id = `${change.collection} ${change.key}`;
    for (const owner of change.previous?.metadata.ownerReferences ?? []) this.byOwner.get(owner.uid)?.delete(id);
    const uid = change.object.metadata.uid ?? "";
    if (change.type === "DELETED") {
      this.live.delete(uid);
      return;
    }
    this.live.set(uid, { collection: change.collection, key: change.key });
    for (const owner of change.object.metadata.ownerReferences ?? []) {
      let dependents = this.byOwner.get(owner.uid);
      if (!dependents) this.byOwner.set(owner.uid, (dependents = new Map()));
      dependents.set(id, { collection: change.collection, key: change.key });
    }
  }

  isLive(uid: string): boolean {
    return this.live.has(uid);
  }

  placeOf(uid: string): Dependent | undefined {
    return this.live.get(uid);
  }

  dependents(uid: string): Dependent[] {
    return [...(this.byOwner.get(uid)?.values() ?? [])];
  }

  forget(uid: string): void {
    if (this.byOwner.get(uid)?.size === 0) this.byOwner.delete(uid);
  }
}

/** Follows every object from now on. */
export function collectGarbage(kernel: Kernel): void {
  const index = new OwnerIndex();
  for (const collection of kernel.store.collectionNames()) {
    for (const { key, object, rv } of kernel.store.collection(collection).list()) index.note({ type: "ADDED", collection, key, object, rv, previous: undefined });
  }
  const collector = new Collector(kernel, index);
  for (const collection of kernel.store.collectionNames()) {
    for (const { object } of kernel.store.collection(collection).list()) collector.lookAt(object, collection);
  }
  kernel.store.onChange((change) => {
    index.note(change);
    const { uid = "" } = change.object.metadata;
    if (change.type === "DELETED") {
      if (index.dependents(uid).length > 0) kernel.later(() => collector.ownerGone(uid));
      for (const owner of change.object.metadata.ownerReferences ?? []) kernel.later(() => collector.dependentGone(owner.uid));
    } else collector.lookAt(change.object, change.collection);
  });
}

class Collector {
  private readonly kernel: Kernel;
  private readonly index: OwnerIndex;

  constructor(kernel: Kernel, index: OwnerIndex) {
    this.kernel = kernel;
    this.index = index;
  }

  /** Schedules what an object's own state asks for. */
  lookAt(object: KubeObject, collection: string): void {
    const { finalizers = [], deletionTimestamp, ownerReferences = [], uid = "", namespace, name } = object.metadata;
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    if (deletionTimestamp !== undefined && finalizers.includes("orphan")) this.kernel.later(() => this.orphan(uid, collection, key));
    if (deletionTimestamp !== undefined && finalizers.includes("foregroundDeletion")) this.kernel.later(() => this.foreground(uid, collection, key));
    if (deletionTimestamp === undefined && ownerReferences.length > 0 && ownerReferences.every((owner) => !this.index.isLive(owner.uid))) this.kernel.later(() => this.ownerGone(ownerReferences[0]?.uid ?? ""));
  }

  private infoOf(collection: string): ResourceInfo | undefined {
    const [group = "", resource = ""] = collection.split("/");
    return this.kernel.registry.findAny(group, resource);
  }

  private object(dependent: Dependent): KubeObject | undefined {
    return this.kernel.store.get(dependent.collection, dependent.key)?.object;
  }

  /** Deletes the dependents none of whose owners lives; others lose the reference. */
  ownerGone(uid: string): void {
    if (this.index.isLive(uid)) return;
    for (const dependent of this.index.dependents(uid)) {
      const object = this.object(dependent);
      if (!object || object.metadata.deletionTimestamp !== undefined) continue;
      if (!(object.metadata.ownerReferences ?? []).some((owner) => this.index.isLive(owner.uid))) this.remove(dependent, object, "Background");
      else this.dropReference(dependent, object, (owner) => owner.uid === uid);
    }
    this.index.forget(uid);
  }

  /** An owner in foreground deletion may go when nothing that blocks it is left. */
  dependentGone(ownerUid: string): void {
    const place = this.index.placeOf(ownerUid);
    const owner = place && this.object(place);
    if (place && owner?.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes("foregroundDeletion")) this.foreground(ownerUid, place.collection, place.key);
  }

  private foreground(uid: string, collection: string, key: string): void {
    const owner = this.object({ collection, key });
    if (!owner || owner.metadata.uid !== uid) return;
    let blocked = false;
    for (const dependent of this.index.dependents(uid)) {
      const object = this.object(dependent);
      const reference = object?.metadata.ownerReferences?.find((each) => each.uid === uid);
      if (!object || !reference) continue;
      if (object.metadata.deletionTimestamp === undefined) this.remove(dependent, object, "Foreground");
      if (reference.blockOwnerDeletion === true && this.object(dependent)) blocked = true;
    }
    if (!blocked) this.dropFinalizer({ collection, key }, "foregroundDeletion");
  }

  private orphan(uid: string, collection: string, key: string): void {
    for (const dependent of this.index.dependents(uid)) {
      const object = this.object(dependent);
      if (object) this.dropReference(dependent, object, (owner) => owner.uid === uid);
    }
    this.dropFinalizer({ collection, key }, "orphan");
  }

  private remove(dependent: Dependent, object: KubeObject, propagationPolicy: "Background" | "Foreground"): void {
    const info = this.infoOf(dependent.collection);
    if (!info) return;
    const policy = propagationPolicy === "Foreground" && this.index.dependents(object.metadata.uid ?? "").length > 0 ? propagationPolicy : "Background";
    this.ignoreRefusals(() => deleteObject(this.kernel, info, object.metadata.namespace ?? "", object.metadata.name, { propagationPolicy: policy, dryRun: false }));
  }

  private dropReference(dependent: Dependent, object: KubeObject, gone: (owner: OwnerReference) => boolean): void {
    const left = (object.metadata.ownerReferences ?? []).filter((owner) => !gone(owner));
    const { ownerReferences: _owners, ...metadata } = object.metadata;
    this.update(dependent, object, { ...object, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata });
  }

  private dropFinalizer(target: Dependent, finalizer: string): void {
    const object = this.object(target);
    if (!object?.metadata.finalizers?.includes(finalizer)) return;
    this.update(target, object, { ...object, metadata: { ...object.metadata, finalizers: object.metadata.finalizers.filter((each) => each !== finalizer) } });
  }

  private update(target: Dependent, live: KubeObject, next: KubeObject): void {
    const info = this.infoOf(target.collection);
    if (!info) return;
    this.ignoreRefusals(() => updateObject(this.kernel, info, "", live, trackManagers(this.kernel, info, "", live, next, manager.manager), manager));
  }

  /** Somebody was faster: the change that they made brings us here again. */
  private ignoreRefusals(act: () => unknown): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }
}
