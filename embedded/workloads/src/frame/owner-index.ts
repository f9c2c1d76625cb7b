import type { GroupVersionResource, ObjectEvent, StoredObject } from "@eddy/control-plane";

/** Where an object is. */
export interface Location {
  resource: GroupVersionResource;
  namespace: string;
  name: string;
  uid: string;
}

/** Who owns whom, by uid, as the change feed tells it. */
export interface OwnerIndex {
  note(event: ObjectEvent): void;
  /** The object with this uid, if there is one. */
  find(uid: string): Location | undefined;
  /** Objects that name this uid among their owners, by name. */
  dependentsOf(uid: string): Location[];
}

/** An empty index; it holds names only, never objects. */
export function createOwnerIndex(): OwnerIndex {
  const byUid = new Map<string, Location>();
  const dependents = new Map<string, Map<string, Location>>();
  const owners = (object: StoredObject | undefined): string[] =>
    (object?.metadata.ownerReferences ?? []).map(({ uid }) => uid);
  const forget = (owner: string, uid: string): void => {
    const known = dependents.get(owner);
    known?.delete(uid);
    if (known?.size === 0) dependents.delete(owner);
  };
  return {
    note({ type, resource, object, previous }) {
      const uid = object.metadata.uid ?? "";
      const now = type === "DELETED" ? [] : owners(object);
      for (const owner of owners(previous)) if (!now.includes(owner)) forget(owner, uid);
      if (type === "DELETED") {
        byUid.delete(uid);
        for (const owner of owners(object)) forget(owner, uid);
        return;
      }
      const location = { resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name, uid };
      byUid.set(uid, location);
      for (const owner of now) {
        const known = dependents.get(owner);
        if (known) known.set(uid, location);
        else dependents.set(owner, new Map([[uid, location]]));
      }
    },
    find: (uid) => byUid.get(uid),
    dependentsOf: (uid) => [...(dependents.get(uid)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
