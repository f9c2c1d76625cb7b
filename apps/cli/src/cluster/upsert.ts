import { cliFieldManager, type Kind } from "@eddy/api";
import { deepEqual } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { refTo } from "./objects.ts";

const attempts = 5;

/** What {@link upsert} did. */
export type UpsertOutcome = "created" | "updated";

/** Creates the object, or gives the one that is there its labels and spec. A conflict is tried again. Idempotent. */
export async function upsert(kube: KubeClient, kind: Kind, object: KubeObject): Promise<UpsertOutcome> {
  const key = refTo(kind, object.metadata.namespace ?? "", object.metadata.name);
  for (let attempt = 1; ; attempt++) {
    try {
      const existing = await kube.get(key);
      const labels = object.metadata.labels;
      const next = {
        ...existing,
        spec: object["spec"],
        metadata: { ...existing.metadata, ...(labels === undefined ? {} : { labels }) },
      };
      if (!deepEqual(next, existing)) await kube.replace(next, { fieldManager: cliFieldManager });
      return "updated";
    } catch (error) {
      if (hasReason(error, "NotFound") && (await isCreated(kube, object))) return "created";
      if (!hasReason(error, "Conflict", "NotFound") || attempt === attempts) throw error;
    }
  }
}

/** Creates the object; false when somebody else was faster. */
async function isCreated(kube: KubeClient, object: KubeObject): Promise<boolean> {
  try {
    await kube.create(object, { fieldManager: cliFieldManager });
    return true;
  } catch (error) {
    if (hasReason(error, "AlreadyExists")) return false;
    throw error;
  }
}
