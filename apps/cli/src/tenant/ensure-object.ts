import { cliFieldManager } from "@eddy/api";
import { deepEqual } from "@eddy/core/json";
import { refOf, type KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";

/**
 * Creates an object of a tenant, or gives the one that is there its labels. A RoleBinding of another role or other
 * subjects is made anew: the server lets nobody change the role of one. Idempotent.
 *
 * Other labels stay, where flux takes them away: those of a namespace may be what keeps its pods in bounds.
 */
export async function ensureObject(kube: KubeClient, object: KubeObject): Promise<void> {
  const write = { fieldManager: cliFieldManager };
  const existing = await kube.get(refOf(object)).catch((error: unknown) => {
    if (hasReason(error, "NotFound")) return undefined;
    throw error;
  });
  if (existing === undefined) {
    await kube.create(object, write);
  } else if (grantsOtherwise(existing, object)) {
    await kube.delete(refOf(object));
    await kube.create(object, write);
  } else if (lacksLabels(existing, object)) {
    await kube.patch(refOf(object), "merge", { metadata: { labels: { ...object.metadata.labels } } }, write);
  }
}

function grantsOtherwise(existing: KubeObject, object: KubeObject): boolean {
  return (
    object.kind === "RoleBinding" &&
    ["roleRef", "subjects"].some((key) => !deepEqual(sorted(existing, key), sorted(object, key)))
  );
}

/** The server writes what it defaults: the group of a subject that is an account. */
function sorted(object: KubeObject, key: string): unknown {
  const value = object[key];
  if (!Array.isArray(value)) return value;
  return value.map(({ apiGroup, ...subject }: Record<string, unknown>) =>
    apiGroup ? { ...subject, apiGroup } : subject,
  );
}

function lacksLabels(existing: KubeObject, object: KubeObject): boolean {
  const labels = existing.metadata.labels ?? {};
  return Object.entries(object.metadata.labels ?? {}).some(([key, value]) => labels[key] !== value);
}
