import type { Clock } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, KubeApiError, type KubeClient } from "@eddy/kube";
import { isQuotaConflict, retryOnConflict } from "./attempts.ts";
import { describeObject, keyOf } from "./name-object.ts";

/** How objects are written. */
export interface WriteContext {
  kube: KubeClient;
  clock: Clock;
  fieldManager: string;
}

/** As {@link WriteContext}, for server-side apply. */
export interface ApplyContext extends WriteContext {
  forceConflicts: boolean;
}

/** Server-side apply of the whole object. @throws EddyError OBJECT_APPLY_FAILED (retry), in Helm's words. */
export async function applyObject(object: KubeObject, context: ApplyContext): Promise<KubeObject> {
  const { kube, clock, fieldManager, forceConflicts } = context;
  const send = (): Promise<KubeObject> =>
    kube.apply(object, { fieldManager, force: forceConflicts, fieldValidation: "Strict" });
  try {
    return await retryOnConflict(clock, send, isQuotaConflict);
  } catch (error) {
    const subject = describeObject(object);
    const text = messageOf(error);
    if (error instanceof KubeApiError && error.status.code === 415)
      throw failure(`server-side apply not available on the server: ${text}`, error);
    if (hasReason(error, "Conflict"))
      throw failure(`conflict occurred while applying object ${subject}: ${text}`, error);
    throw failure(`server-side apply failed for object ${subject}: ${text}`, error);
  }
}

/** POST. @throws what the server answers. */
export async function createObject(object: KubeObject, context: WriteContext): Promise<KubeObject> {
  const { kube, clock, fieldManager } = context;
  return retryOnConflict(clock, () => kube.create(object, { fieldManager }));
}

/** PUT over whatever is there. @throws EddyError OBJECT_APPLY_FAILED (retry). */
export async function replaceObject(object: KubeObject, context: WriteContext): Promise<KubeObject> {
  const { kube, fieldManager } = context;
  try {
    // As Helm's helper does where no resourceVersion is given: that of the live object is taken.
    const live = await kube.get(keyOf(object), { metadataOnly: true });
    const { resourceVersion } = live.metadata;
    const metadata = { ...object.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
    return await kube.replace({ ...object, metadata }, { fieldManager, fieldValidation: "Strict" });
  } catch (error) {
    throw failure(`failed to replace object: ${messageOf(error)}`, error);
  }
}

function failure(message: string, cause: unknown): EddyError {
  return new EddyError("OBJECT_APPLY_FAILED", message, { cause });
}
