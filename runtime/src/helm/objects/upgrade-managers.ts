import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject, ManagedFieldsEntry } from "@eddy/core/object";
import { retryOnConflict } from "./attempts.ts";
import { keyOf } from "./name-object.ts";
import type { WriteContext } from "./write-object.ts";

/**
 * The managed fields of an object whose manager turns from client-side writes to server-side apply: what it wrote becomes what it
 * applied. Undefined when there is nothing to turn. Pure. Source: client-go `csaupgrade.UpgradeManagedFields`.
 */
export function upgradeManagers(
  entries: readonly ManagedFieldsEntry[],
  fieldManager: string,
): ManagedFieldsEntry[] | undefined {
  const isOwn = (entry: ManagedFieldsEntry, operation: "Apply" | "Update"): boolean =>
    entry.manager === fieldManager && entry.operation === operation && !entry.subresource;
  const written = entries.filter((entry) => isOwn(entry, "Update"));
  const [first] = written;
  if (!first) return undefined;
  const applied = entries.find((entry) => isOwn(entry, "Apply")) ?? first;
  const fieldsV1 = written.reduce((fields, entry) => union(fields, entry.fieldsV1 ?? {}), applied.fieldsV1 ?? {});
  return entries
    .filter((entry) => entry === applied || !written.includes(entry))
    .map((entry) => (entry === applied ? { ...entry, operation: "Apply", fieldsV1 } : entry));
}

function union(left: JsonObject, right: JsonObject): JsonObject {
  const result: JsonObject = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const known = result[key];
    result[key] = isObject(known) && isObject(value) ? union(known, value) : (known ?? value);
  }
  return result;
}

/** Turns the manager of a live object, if there is something to turn. Idempotent. */
export async function upgradeObjectManagers(object: KubeObject, context: WriteContext): Promise<void> {
  const { kube, clock, fieldManager } = context;
  await retryOnConflict(clock, async () => {
    const { metadata } = await kube.get(keyOf(object), { metadataOnly: true });
    const managedFields = upgradeManagers(metadata.managedFields ?? [], fieldManager);
    if (!managedFields) return;
    const steps = [
      { op: "replace", path: "/metadata/managedFields", value: managedFields },
      { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
    ];
    await kube.patch(keyOf(object), "json", steps, { fieldManager });
  });
}
