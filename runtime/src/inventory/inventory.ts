import { parseApiVersion, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { ChangeEntry } from "../apply/index.ts";
import { formatInventoryId, parseInventoryId, type InventoryEntry } from "./inventory-id.ts";

/** An object that an inventory lists. */
export interface InventoryObject {
  ref: ObjectRef;
  version: string;
}

/** The entries of objects, in their order. */
export function inventoryOfObjects(objects: Iterable<KubeObject>): InventoryEntry[] {
  return Array.from(objects, (object) => ({
    id: formatInventoryId(refOf(object)),
    v: parseApiVersion(object.apiVersion).version,
  }));
}

/** The entries of a pass: everything but what was deleted. */
export function inventoryOfChanges(changes: Iterable<ChangeEntry>): InventoryEntry[] {
  return [...changes]
    .filter(({ action }) => action !== "deleted")
    .map(({ ref, version }) => ({ id: formatInventoryId(ref), v: version }));
}

/** The objects that an inventory lists; entries that cannot be read are left out. */
export function listInventory(entries: readonly InventoryEntry[] | undefined): InventoryObject[] {
  return (entries ?? []).flatMap(({ id, v }) => {
    try {
      return [{ ref: parseInventoryId(id), version: v }];
    } catch {
      // Written by a foreign hand: nothing here could delete it, and it must not stop the rest.
      return [];
    }
  });
}

/** Every entry of either list, the first one's first; an id in both keeps the second's version. */
export function unionOfInventories(
  left: readonly InventoryEntry[] | undefined,
  right: readonly InventoryEntry[],
): InventoryEntry[] {
  const versions = new Map([...(left ?? []), ...right].map(({ id, v }) => [id, v]));
  return Array.from(versions, ([id, v]) => ({ id, v }));
}

/** What the old inventory lists and the new one does not; versions do not matter. */
export function staleObjects(
  old: readonly InventoryEntry[] | undefined,
  current: readonly InventoryEntry[],
): InventoryObject[] {
  const kept = new Set(current.map(({ id }) => id));
  return listInventory((old ?? []).filter(({ id }) => !kept.has(id)));
}

/** Whether two inventories list the same, in any order. */
export function sameInventory(left: readonly InventoryEntry[] | undefined, right: readonly InventoryEntry[]): boolean {
  if ((left?.length ?? 0) !== right.length) return false;
  const versions = new Map(left?.map(({ id, v }) => [id, v]));
  return right.every(({ id, v }) => versions.get(id) === v);
}
