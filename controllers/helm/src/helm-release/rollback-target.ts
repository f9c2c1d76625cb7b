import type { ReleaseSnapshot } from "@eddy/api";
import { observationDigest } from "@eddy/runtime/helm";
import { previousOf } from "./history.ts";
import type { RollbackTarget } from "./plan-action.ts";
import type { ReleasePass } from "./release-pass.ts";

/** Where a rollback would go back to, and what was found there. */
export interface RollbackChoice {
  target: RollbackTarget;
  previous: ReleaseSnapshot | undefined;
  /** The revision was made by server-side apply. */
  isServerSide: boolean;
}

/** Looks whether the last good revision is still in storage as it was seen. */
export async function verifyRollbackTarget(
  { status, storage }: Pick<ReleasePass, "status" | "storage">,
  options: { ignoreTests: boolean },
): Promise<RollbackChoice> {
  const previous = previousOf(status.history, options);
  if (!previous) return { target: "Missing", previous, isServerSide: false };
  const stored = await storage.get(previous.name, previous.version);
  const isServerSide = stored?.apply_method === "ssa";
  if (!stored) return { target: "Altered", previous, isServerSide };
  const isAsSeen = previous.apiVersion !== "v2" || observationDigest(stored, previous.ociDigest) === previous.digest;
  return { target: isAsSeen ? "Verified" : "Altered", previous, isServerSide };
}
