import type { ReleasePorts } from "../ports.ts";
import { isPending, withStatus, type Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";

/**
 * Frees a release whose operation died: the pending or half uninstalled revision counts as failed from now on. Only who knows that nobody works on it may
 * do this. Idempotent: a release that is not locked stays as it is.
 * @throws ReleaseError RELEASE_NOT_FOUND. Source: helm-controller `reconcile/unlock.go`.
 */
export async function unlockRelease(name: string, { storage }: Pick<ReleasePorts, "storage">): Promise<Release> {
  const release = await storage.last(name);
  if (!release) throw new ReleaseError("RELEASE_NOT_FOUND", "release: not found", { class: "terminal" });
  const { status } = release.info;
  if (!isPending(status) && status !== "uninstalling") return release;
  const unlocked = withStatus(release, "failed", `Release unlocked from stale '${status}' state`);
  await storage.update(unlocked);
  return unlocked;
}
