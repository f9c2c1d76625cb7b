import { helmConditionTypes, helmReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { isPending, unlockRelease, type Release } from "@eddy/runtime/helm";
import { isOfRevision } from "../history.ts";
import { messages } from "../messages.ts";
import { recordKnown, toSnapshot } from "../record-history.ts";
import { announce, mark, type ReleasePass } from "../release-pass.ts";
import type { ActionEnd } from "./run-action.ts";

/** Marks a release that an action left pending as failed, so that another one may begin. */
export async function unlock(pass: ReleasePass, stored: Release | undefined): Promise<ActionEnd> {
  const { status, storage } = pass;
  if (!stored || !isPending(stored.info.status)) return { kind: "done" };
  const state = stored.info.status;
  const known = (status.history ?? []).find((snapshot) => isOfRevision(snapshot, stored));
  const snapshot = toSnapshot(stored, undefined, known?.ociDigest);
  try {
    const unlocked = await unlockRelease(stored.name, { storage });
    status.history = recordKnown(status.history ?? [], unlocked);
  } catch (error) {
    status.failures = (status.failures ?? 0) + 1;
    const message = messages.unlockFailed(snapshot, state, messageOf(error));
    mark(pass, helmConditionTypes.released, "False", helmReasons.pendingRelease, message);
    announce(pass, "error", helmReasons.pendingRelease, message, snapshot);
    return { kind: "errored", error: error as Error };
  }
  const message = messages.unlocked(snapshot, state);
  mark(pass, helmConditionTypes.released, "False", helmReasons.pendingRelease, message);
  announce(pass, "info", helmReasons.pendingRelease, message, snapshot);
  return { kind: "done" };
}
