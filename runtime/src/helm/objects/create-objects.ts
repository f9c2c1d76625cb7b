import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { eachByKind, partition } from "./by-kind.ts";
import { applyObject, createObject, type ApplyContext } from "./write-object.ts";

/**
 * Creates the objects, by server-side apply or by POST, and gives them as the cluster has them.
 * @throws EddyError OBJECTS_NOT_CREATED (retry) with all errors, a line each.
 */
export async function createObjects(
  objects: readonly KubeObject[],
  context: ApplyContext & { serverSideApply: boolean },
): Promise<KubeObject[]> {
  const create = context.serverSideApply ? applyObject : createObject;
  const { values, errors } = partition(await eachByKind(objects, (object) => create(object, context)));
  if (errors.length === 0) return values;
  throw new EddyError("OBJECTS_NOT_CREATED", errors.map(messageOf).join("\n"), { cause: errors[0] });
}
