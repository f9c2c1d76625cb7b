/** The order in which the server prints members: struct order for built-in kinds, sorted for custom ones. */
import { sortKeys, type Json } from "@eddy/core/json";
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from "@eddy/core/object";
import type { ResourceInfo } from "../resources/resource-info.ts";

const structOrder = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
] as const;
const sortedOrder = [...structOrder].sort();

/** A copy whose metadata is in order and whose resourceVersion has its place, to be filled in by the store. */
export function orderObject(object: KubeObject, info: ResourceInfo): KubeObject {
  const metadata = orderMeta(object.metadata, info.custom ? sortedOrder : structOrder);
  if (!info.custom) return { ...object, metadata };
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(object).sort())
    ordered[key] = key === "metadata" ? metadata : sortKeys(object[key] as Json);
  return ordered as unknown as KubeObject;
}

function orderMeta(meta: ObjectMeta, order: readonly (keyof ObjectMeta)[]): ObjectMeta {
  const ordered: Record<string, unknown> = {};
  for (const key of order) {
    if (key === "resourceVersion") ordered[key] = meta.resourceVersion ?? "";
    else if (key === "managedFields" && meta.managedFields !== undefined)
      ordered[key] = meta.managedFields.map((entry) => orderEntry(entry, order === sortedOrder));
    else if (meta[key] !== undefined) ordered[key] = meta[key];
  }
  return ordered as unknown as ObjectMeta;
}

const entryOrder = ["manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"] as const;
const sortedEntryOrder = [...entryOrder].sort();

/** Keeps `fieldsV1` itself: the merge remembers decoded sets by it. */
function orderEntry(entry: ManagedFieldsEntry, sorted: boolean): ManagedFieldsEntry {
  const ordered: Record<string, unknown> = {};
  for (const key of sorted ? sortedEntryOrder : entryOrder) if (entry[key] !== undefined) ordered[key] = entry[key];
  return ordered;
}
