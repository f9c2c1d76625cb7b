import { EddyError, messageOf } from "@eddy/core/errors";
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { keyOf } from "./name-object.ts";
import { patchSchemaOf } from "./patch-schema.ts";
import { threeWayPatch } from "./three-way-patch.ts";
import type { WriteContext } from "./write-object.ts";

/** The object as it is wanted, as the last revision had it, and as it is. */
export interface PatchSubject {
  original: KubeObject;
  target: KubeObject;
  live: KubeObject;
}

/**
 * Patches an object as Helm 3 does: built-in kinds by a three-way strategic merge, others by a merge patch of what changed between
 * two revisions, or, with `threeWayForCustom`, by a three-way one. Gives the object as it is afterwards.
 * @throws EddyError OBJECT_APPLY_FAILED (retry). Source: Helm `kube/client.go` createPatch.
 */
export async function patchObject(
  { original, target, live }: PatchSubject,
  context: WriteContext & { threeWayForCustom: boolean },
): Promise<KubeObject> {
  const { kube, fieldManager, threeWayForCustom } = context;
  const schema = await patchSchemaOf(target, kube);
  const current = schema || threeWayForCustom ? live : original;
  const patch = threeWayPatch(
    { original: original as JsonObject, modified: target as JsonObject, current: current as JsonObject },
    schema,
  );
  if (Object.keys(patch).length === 0) return live;
  try {
    return await kube.patch(keyOf(target), schema ? "strategic" : "merge", patch, { fieldManager });
  } catch (error) {
    const { name } = target.metadata;
    throw new EddyError(
      "OBJECT_APPLY_FAILED",
      `cannot patch ${JSON.stringify(name)} with kind ${target.kind}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
