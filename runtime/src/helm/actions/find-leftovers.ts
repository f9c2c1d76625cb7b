import { EddyError } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { splitKept } from "../objects/keep-policy.ts";
import { identityOf } from "../objects/name-object.ts";
import { splitOwned } from "../objects/split-owned.ts";
import type { Release } from "../record/release.ts";
import type { RevisionSummary } from "../storage/release-storage.ts";
import { buildReleaseObjects, type ActionContext } from "./action-context.ts";

/** What an action knows of already. */
export interface Known {
  last: Release;
  /** The revision whose objects the action handles by itself. */
  current: Release;
  /** Objects of these stay. */
  wanted: readonly KubeObject[];
}

/**
 * Objects of the release in the cluster that revisions left which did not come to their end: in none that the action knows of. Helm
 * forgets them: it compares with the last good revision (`Upgrade.prepareUpgrade`), and uninstalls the newest only.
 */
export async function findLeftovers({ last, current, wanted }: Known, context: ActionContext): Promise<KubeObject[]> {
  if (last.info.status === "deployed") return [];
  const revisions = unfinishedRevisions(await context.storage.revisions(last.name), current.version);
  const suspects = new Map<string, KubeObject>();
  for (const version of revisions) {
    const release = await context.storage.get(last.name, version);
    for (const object of release ? await objectsOf(release, context) : []) suspects.set(identityOf(object), object);
  }
  for (const object of wanted) suspects.delete(identityOf(object));
  const { owned, unreadable } = await splitOwned([...suspects.values()], { kube: context.kube, owner: last });
  for (const { object, reason } of unreadable) {
    context.log(`skipping delete of ${object.kind} ${object.metadata.name}: ${reason}`);
  }
  return owned;
}

/** The last good revision and those after it, without the one that is known; all of them where none is good. Pure. */
export function unfinishedRevisions(revisions: readonly RevisionSummary[], known: number): number[] {
  const deployed = revisions.findLast(({ status }) => status === "deployed")?.version ?? 0;
  return revisions.map(({ version }) => version).filter((version) => version >= deployed && version !== known);
}

async function objectsOf(release: Release, context: ActionContext): Promise<KubeObject[]> {
  try {
    return splitKept(await buildReleaseObjects(release, "unable to build kubernetes objects", context)).going;
  } catch (error) {
    // Of a kind that is gone nothing is left, and an old revision must not stop a new one.
    if (error instanceof Error && error.cause instanceof EddyError && error.cause.code.startsWith("MANIFEST_")) {
      context.log(`skipping revision ${release.version}: ${error.message}`);
      return [];
    }
    throw error;
  }
}
