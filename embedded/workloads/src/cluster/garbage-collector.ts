import type { ObjectEvent, StoredObject } from "@eddy/control-plane";
import type { OwnerReference } from "@eddy/core/object";
import type { Location } from "../frame/owner-index.ts";
import { events } from "../frame/resources.ts";
import { isDeleted, modify, type Controller, type Pass, type World } from "../frame/world.ts";

/** What the garbage collector does with an object. */
export type Collection = "Keep" | "DropReferences" | "Delete";

/** What becomes of an object whose owners are gone, wholly or partly. Source: garbagecollector.go attemptToDeleteItem. */
export function determineCollection(
  owners: readonly OwnerReference[],
  exists: (owner: OwnerReference) => boolean,
): Collection {
  if (owners.length === 0) return "Keep";
  const solid = owners.filter(exists);
  if (solid.length === owners.length) return "Keep";
  return solid.length > 0 ? "DropReferences" : "Delete";
}

/**
 * Deletes what has lost its owners, and carries out foreground and orphaning deletions. Keys are uids: it works on
 * objects of every kind.
 */
export const garbageCollector: Controller = {
  name: "garbage-collector",
  // Its own objects are all objects; this one only names a collection that nobody else fills with uids.
  resource: { group: "eddy.sh", version: "v1", resource: "garbage" },
  watches: "all",
  concerns: concernedUids,
  reconcile(_namespace, uid, pass) {
    const location = pass.owners.find(uid);
    const object = location && pass.access.get(location.resource, location.namespace, location.name);
    if (!location || !object || object.metadata.uid !== uid) return;
    if (isDeleted(object)) return finishDeletion(object, location, pass);
    collect(object, location, pass);
  },
};

function* concernedUids({ type, resource, object, previous }: ObjectEvent, { owners }: World): Iterable<string> {
  if (resource.group === events.group && resource.resource === events.resource) return;
  const uid = object.metadata.uid ?? "";
  if (type === "DELETED") {
    for (const dependent of owners.dependentsOf(uid)) yield `/${dependent.uid}`;
    // A foreground deletion of an owner may have waited for this one.
    for (const owner of object.metadata.ownerReferences ?? []) yield `/${owner.uid}`;
    return;
  }
  if ((object.metadata.ownerReferences ?? previous?.metadata.ownerReferences)?.length || isDeleted(object))
    yield `/${uid}`;
}

function collect(object: StoredObject, location: Location, pass: Pass): void {
  const references = object.metadata.ownerReferences ?? [];
  // An owner in another namespace is no owner.
  const exists = (owner: OwnerReference): boolean => {
    const found = pass.owners.find(owner.uid);
    return found !== undefined && (found.namespace === "" || found.namespace === location.namespace);
  };
  switch (determineCollection(references, exists)) {
    case "Keep":
      return;
    case "DropReferences":
      modify(
        pass,
        location.resource,
        object,
        ({ metadata }) => void (metadata.ownerReferences = references.filter(exists)),
      );
      return;
    case "Delete":
      pass.access.delete(location.resource, location.namespace, location.name, {
        propagationPolicy: "Background",
        uid: location.uid,
      });
  }
}

function finishDeletion(object: StoredObject, location: Location, pass: Pass): void {
  const finalizers = object.metadata.finalizers ?? [];
  const dependents = pass.owners.dependentsOf(location.uid);
  if (finalizers.includes("orphan")) {
    for (const dependent of dependents) letGo(dependent, location.uid, pass);
    return removeFinalizer(object, location, "orphan", pass);
  }
  if (!finalizers.includes("foregroundDeletion")) return;
  for (const dependent of dependents) {
    const policy = pass.owners.dependentsOf(dependent.uid).length > 0 ? "Foreground" : "Background";
    const live = pass.access.get(dependent.resource, dependent.namespace, dependent.name);
    if (live && !isDeleted(live))
      pass.access.delete(dependent.resource, dependent.namespace, dependent.name, {
        propagationPolicy: policy,
        uid: dependent.uid,
      });
  }
  const blocked = pass.owners
    .dependentsOf(location.uid)
    .some(({ resource, namespace, name }) =>
      pass.access
        .get(resource, namespace, name)
        ?.metadata.ownerReferences?.some((owner) => owner.uid === location.uid && owner.blockOwnerDeletion === true),
    );
  if (!blocked) removeFinalizer(object, location, "foregroundDeletion", pass);
}

function letGo(dependent: Location, ownerUid: string, pass: Pass): void {
  const live = pass.access.get(dependent.resource, dependent.namespace, dependent.name);
  if (!live) return;
  modify(
    pass,
    dependent.resource,
    live,
    ({ metadata }) =>
      void (metadata.ownerReferences = (metadata.ownerReferences ?? []).filter(({ uid }) => uid !== ownerUid)),
  );
}

function removeFinalizer(object: StoredObject, location: Location, finalizer: string, pass: Pass): void {
  modify(
    pass,
    location.resource,
    object,
    ({ metadata }) => void (metadata.finalizers = (metadata.finalizers ?? []).filter((each) => each !== finalizer)),
  );
}
