import { refKey, type ObjectRef } from "@eddy/core/object";

/** Who reads whom: owners are keys of reconciled objects, references name what a pass over them reads. */
export interface Dependents {
  /** Replaces what an owner reads. */
  set(owner: string, references: readonly ObjectRef[]): void;
  delete(owner: string): void;
  /** Owners that read this object, in the order they were first added. */
  of(reference: ObjectRef): Iterable<string>;
}

/** An empty index. */
export function createDependents(): Dependents {
  const reads = new Map<string, ReadonlySet<string>>();
  const readers = new Map<string, Set<string>>();
  const remove = (owner: string): void => {
    for (const key of reads.get(owner) ?? []) {
      const owners = readers.get(key);
      owners?.delete(owner);
      if (owners?.size === 0) readers.delete(key);
    }
    reads.delete(owner);
  };
  return {
    set(owner, references) {
      const keys = new Set(references.map(refKey));
      const known = reads.get(owner);
      if (known && known.size === keys.size && keys.isSubsetOf(known)) return;
      remove(owner);
      reads.set(owner, keys);
      for (const key of keys) {
        const owners = readers.get(key) ?? new Set();
        readers.set(key, owners.add(owner));
      }
    },
    delete: remove,
    of: (reference) => [...(readers.get(refKey(reference)) ?? [])],
  };
}
