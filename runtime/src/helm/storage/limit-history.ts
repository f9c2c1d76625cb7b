import { planHistory } from "./plan-history.ts";
import type { ReleaseStorage } from "./release-storage.ts";
import type { Release } from "../record/release.ts";

/**
 * Stores a new revision, after making room for it: at most `maxHistory` remain with it, 0 means all.
 * @throws ReleaseError RELEASE_EXISTS when somebody else stored this revision.
 */
export async function createWithLimit(storage: ReleaseStorage, release: Release, maxHistory: number): Promise<void> {
  // Revisions count from one: there are never more of them than the number of the last.
  if (maxHistory > 0 && release.version > maxHistory) {
    const surplus = planHistory(await storage.revisions(release.name), maxHistory - 1);
    for (const { name, version } of surplus) await storage.delete(name, version);
  }
  await storage.create(release);
}
