import { kindOf, type Kind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { refKey, type ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { parseInventoryId } from "@eddy/runtime/inventory";
import type { ObjectTree } from "../output/tree.ts";
import { getObject } from "./objects.ts";

const maxDepth = 50;

/** Which objects a tree shows. */
export interface InventoryTreeOptions {
  /** Only objects of Flux kinds. */
  compact: boolean;
}

/**
 * An object with everything in its inventory, and in theirs. Objects in other clusters are not followed, and an object
 * that is its own ancestor is shown once.
 * @throws EddyError TREE_TOO_DEEP (terminal); KubeApiError for an object of the inventory that is gone.
 */
export async function inventoryTree(
  kube: KubeClient,
  kind: Kind,
  at: { namespace: string; name: string },
  options: InventoryTreeOptions,
): Promise<ObjectTree> {
  const root: ObjectRef = { group: kind.group, kind: kind.kind, ...at };
  return { resource: root, resources: await childrenOf(kube, root, options, new Set([refKey(root)])) };
}

async function childrenOf(
  kube: KubeClient,
  ref: ObjectRef,
  options: InventoryTreeOptions,
  ancestors: ReadonlySet<string>,
): Promise<ObjectTree[]> {
  if (ancestors.size > maxDepth)
    throw new EddyError("TREE_TOO_DEEP", `inventories are nested more than ${maxDepth} deep`, { class: "terminal" });
  const kind = kindOf(ref);
  if (!kind?.cli.inventoryOf) return [];
  const inventory = kind.cli.inventoryOf(await getObject(kube, kind, ref.namespace, ref.name));
  const children = inventory.entries
    .map((entry) => parseInventoryId(entry.id))
    .filter(
      (child) => refKey(child) !== refKey(ref) && (!options.compact || child.group.includes("toolkit.fluxcd.io")),
    );
  return Promise.all(
    children.map(async (child) => {
      const isEnd = inventory.isRemote || ancestors.has(refKey(child));
      return {
        resource: child,
        resources: isEnd ? [] : await childrenOf(kube, child, options, new Set([...ancestors, refKey(child)])),
      };
    }),
  );
}
