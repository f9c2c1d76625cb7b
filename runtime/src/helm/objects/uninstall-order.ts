import type { KubeObject } from "@eddy/core/object";
import { sortByKind } from "@eddy/helm";

/** The objects in the order in which Helm deletes them: kinds that it does not know last, by name. Stable. Pure. */
export function inUninstallOrder(objects: readonly KubeObject[]): KubeObject[] {
  return sortByKind(objects, ({ kind }) => kind, { order: "uninstall" });
}
