/**
 * What a Kustomization owns: which objects, written down before they are, and removed when they leave Git.
 *
 * Not the apply engine. Entry points: {@link staleObjects} and {@link pruneObjects}.
 */
export {
  inventoryOfChanges,
  inventoryOfObjects,
  listInventory,
  sameInventory,
  staleObjects,
  unionOfInventories,
  type InventoryObject,
} from "./inventory.ts";
export { formatInventoryId, parseInventoryId, type InventoryEntry } from "./inventory-id.ts";
export { PruneError, pruneObjects, type PruneOptions } from "./prune-objects.ts";
