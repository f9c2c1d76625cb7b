import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { eachByKind, partition } from "./by-kind.ts";
import { keyOf } from "./name-object.ts";
import { ownershipProblem, type ReleaseOwner } from "./ownership.ts";

/** An object that is left alone, and why. */
export interface LeftObject {
  object: KubeObject;
  reason: string;
}

/** Objects by whose they are; those that are gone are in none of the lists. */
export interface OwnedSplit {
  owned: KubeObject[];
  foreign: LeftObject[];
  unreadable: LeftObject[];
}

/** Looks at every object in the cluster before it is deleted. Source: Helm `verifyOwnershipBeforeDelete`, 4.3. */
export async function splitOwned(
  objects: readonly KubeObject[],
  { kube, owner }: { kube: KubeClient; owner: ReleaseOwner },
): Promise<OwnedSplit> {
  const results = await eachByKind(objects, async (object): Promise<OwnedSplit> => {
    const none: OwnedSplit = { owned: [], foreign: [], unreadable: [] };
    try {
      const live = await kube.get(keyOf(object), { metadataOnly: true });
      const reason = ownershipProblem(live, owner);
      return reason === undefined ? { ...none, owned: [object] } : { ...none, foreign: [{ object, reason }] };
    } catch (error) {
      return hasReason(error, "NotFound") ? none : { ...none, unreadable: [{ object, reason: messageOf(error) }] };
    }
  });
  const { values } = partition(results);
  return {
    owned: values.flatMap(({ owned }) => owned),
    foreign: values.flatMap(({ foreign }) => foreign),
    unreadable: values.flatMap(({ unreadable }) => unreadable),
  };
}
