import { EddyError } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";

/** One entry of `status.inventory.entries`. */
export interface InventoryEntry {
  /** `<namespace>_<name>_<group>_<kind>`; the namespace is empty for cluster-scoped objects, `:` in RBAC names is `__`. */
  id: string;
  /** API version without the group. */
  v: string;
}

const rbacGroup = "rbac.authorization.k8s.io";
const rbacKinds: ReadonlySet<string> = new Set(["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"]);

/** The id of a reference. Source: cli-utils `ObjMetadata.String`, spec 3.12. */
export function formatInventoryId({ namespace, name, group, kind }: ObjectRef): string {
  const encoded = group === rbacGroup && rbacKinds.has(kind) ? name.replaceAll(":", "__") : name;
  return `${namespace}_${encoded}_${group}_${kind}`;
}

/**
 * The reference of an id. Names of RBAC objects may hold `__` for `:`, so the outer parts are read from both ends.
 * @throws EddyError INVALID_INVENTORY_ID (terminal)
 */
export function parseInventoryId(id: string): ObjectRef {
  const first = id.indexOf("_");
  const kindAt = id.lastIndexOf("_");
  const groupAt = id.lastIndexOf("_", kindAt - 1);
  if (first < 0 || groupAt <= first || kindAt <= groupAt) {
    throw new EddyError(
      "INVALID_INVENTORY_ID",
      `parse inventory id ${JSON.stringify(id)}: want "<namespace>_<name>_<group>_<kind>"`,
      {
        class: "terminal",
      },
    );
  }
  const group = id.slice(groupAt + 1, kindAt);
  const kind = id.slice(kindAt + 1);
  const name = id.slice(first + 1, groupAt);
  const isRbac = group === rbacGroup && rbacKinds.has(kind);
  return { namespace: id.slice(0, first), name: isRbac ? name.replaceAll("__", ":") : name, group, kind };
}
