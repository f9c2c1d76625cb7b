import type { Clock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { DeletionPropagation } from "../requests.ts";
import { retryOnConflict } from "./attempts.ts";
import { eachByKind, partition } from "./by-kind.ts";
import { keyOf } from "./name-object.ts";

const policies = { background: "Background", foreground: "Foreground", orphan: "Orphan" } as const;

/** What came of a deletion: objects that finalizers or a grace period keep for now, and the errors. */
export interface DeleteResult {
  remaining: KubeObject[];
  errors: unknown[];
}

/** Deletes the objects, all of them even if some fail; what is gone already is deleted. */
export async function deleteObjects(
  objects: readonly KubeObject[],
  { kube, clock, cascade = "background" }: { kube: KubeClient; clock: Clock; cascade?: DeletionPropagation },
): Promise<DeleteResult> {
  const results = await eachByKind(objects, async (object) => {
    try {
      const send = (): Promise<KubeObject | undefined> =>
        kube.delete(keyOf(object), { propagationPolicy: policies[cascade] });
      return (await retryOnConflict(clock, send)) ? [object] : [];
    } catch (error) {
      if (hasReason(error, "NotFound")) return [];
      throw error;
    }
  });
  const { values, errors } = partition(results);
  return { remaining: values.flat(), errors };
}
