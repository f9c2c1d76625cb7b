import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { attempt, signalOf, type StageContext } from "./attempt.ts";
import { controlsOf } from "./control-metadata.ts";
import { readObject, type Candidate } from "./examine-object.ts";
import { planTakeover } from "./foreign-managers.ts";

/**
 * Makes the owner the manager of what foreign managers hold of an object that was read; true when something was written. Nothing is
 * taken over where `ssa: Merge` is wanted, or is there `after` the change (by default: is there). Idempotent.
 * Source: Flux ssa `cleanupMetadata`, spec 3.4 "Pre-clean", which looks at the live object: it takes over one pass later.
 */
export async function takeOver(candidate: Candidate, context: StageContext, after?: ObjectMeta): Promise<boolean> {
  const { target, options, beforeWrite } = context;
  const { desired, live, ref } = candidate;
  if (!live || controlsOf(desired.metadata).merge || controlsOf(after ?? live.metadata).merge) return false;
  const { fieldManager, overriddenManagers = [] } = options;
  const steps = planTakeover(live, { fieldManager, overridden: overriddenManagers });
  if (steps.length === 0) return false;
  await beforeWrite();
  // Without a record, the watch takes the echo of this write for nobody's business.
  target.memory.forget(ref);
  const patch = (): Promise<KubeObject> =>
    target.kube.patch(ref, "json", steps, { fieldManager, ...signalOf(options) });
  candidate.live = await attempt(candidate, "cleanup", () => [], patch);
  return true;
}

/**
 * Sends a change. Where the server finds the result invalid and a foreign manager holds some of it, that is taken over and
 * the change sent once more: a list item that a hand left may be all that is wrong with it (a port of the same name).
 * Flux takes over after the dry-run only, and reports such an edit until somebody undoes it.
 */
export async function sendTakingOver<R>(
  candidate: Candidate,
  context: StageContext,
  send: () => Promise<R>,
): Promise<R> {
  try {
    return await send();
  } catch (error) {
    if (!hasReason(error, "Invalid")) throw error;
    if (!candidate.live && !candidate.absent) await readObject(candidate, context.target, context.options);
    if (candidate.knowledge === "Skipped" || !(await takeOver(candidate, context))) throw error;
    return send();
  }
}
