import type { Release } from "../record/release.ts";
import { isPending } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { ReleaseStorage } from "../storage/release-storage.ts";

/** What an upgrade starts from: the newest revision, and the one whose objects are in the cluster. */
export interface Base {
  last: Release;
  current: Release;
}

/**
 * @throws ReleaseError RELEASE_NOT_DEPLOYED (terminal), RELEASE_LOCKED (waiting). Source: Helm `Upgrade.prepareUpgrade`.
 */
export async function findBase(name: string, storage: ReleaseStorage): Promise<Base> {
  const last = await storage.last(name);
  if (!last) throw notDeployed(name);
  const { status } = last.info;
  if (isPending(status)) throw locked(last);
  if (status === "deployed") return { last, current: last };
  const deployed = await storage.deployed(name);
  if (deployed) return { last, current: deployed };
  if (status !== "failed" && status !== "superseded") throw notDeployed(name);
  return { last, current: last };
}

function notDeployed(name: string): ReleaseError {
  return new ReleaseError("RELEASE_NOT_DEPLOYED", `${JSON.stringify(name)} has no deployed releases`, {
    class: "terminal",
  });
}

/** The error of a release that somebody else works on, or died working on. */
export function locked(release: Release): ReleaseError {
  return new ReleaseError("RELEASE_LOCKED", "another operation (install/upgrade/rollback) is in progress", {
    class: "waiting",
    release,
    hint: `roll back to an earlier revision to unlock ${JSON.stringify(release.name)}`,
  });
}
