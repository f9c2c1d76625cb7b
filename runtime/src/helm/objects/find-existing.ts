import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { eachByKind, partition } from "./by-kind.ts";
import { isGenerated, keyOf, quoteObject } from "./name-object.ts";
import { ownershipProblem, type ReleaseOwner } from "./ownership.ts";

/** Options of {@link findExisting}. */
export interface FindExistingOptions {
  kube: KubeClient;
  owner: ReleaseOwner;
  /** Whatever is there is adopted. */
  takeOwnership: boolean;
}

/**
 * Those of the objects that the cluster has already, and that the release may adopt.
 * @throws EddyError OBJECT_NOT_OWNED (terminal) for one that belongs to somebody else. Source: Helm `existingResourceConflict`.
 */
export async function findExisting(
  objects: readonly KubeObject[],
  { kube, owner, takeOwnership }: FindExistingOptions,
): Promise<KubeObject[]> {
  const results = await eachByKind(objects, async (object) => {
    if (isGenerated(object)) return [];
    const live = await readMetadata(object, kube);
    if (!live) return [];
    const problem = takeOwnership ? undefined : ownershipProblem(live, owner);
    if (problem === undefined) return [object];
    throw new EddyError(
      "OBJECT_NOT_OWNED",
      `${quoteObject(object)} exists and cannot be imported into the current release: ${problem}`,
      { class: "terminal" },
    );
  });
  const { values, errors } = partition(results);
  if (errors.length > 0) throw errors[0];
  return values.flat();
}

async function readMetadata(object: KubeObject, kube: KubeClient): Promise<KubeObject | undefined> {
  try {
    return await kube.get(keyOf(object), { metadataOnly: true });
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw new EddyError(
      "OBJECT_UNREADABLE",
      `could not get information about the resource ${quoteObject(object)}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
