import type { ObjectMeta } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { attempt, signalOf, type StageContext } from "./attempt.ts";
import { controlsOf } from "./control-metadata.ts";
import { readObject, type Candidate } from "./examine-object.ts";
import { planTakeover, type JsonPatchStep } from "./foreign-managers.ts";

/** How a server answers a patch of a version that is not the newest: a test that fails is an invalid patch; an object that is gone. */
const raceReasons = ["Invalid", "Conflict", "NotFound"] as const;
/** How often a takeover is planned when somebody else writes in between. */
const maxAttempts = 4;

/**
 * Makes the owner the manager of what foreign managers hold of an object that was read; true when it is not as it was asked about any
 * more: something was written, here or by somebody else meanwhile, for which it is read and planned again. Nothing is taken over where
 * `ssa: Merge` is wanted, or is there `after` the change (by default: is there). Idempotent.
 * Source: Flux ssa `cleanupMetadata`, spec 3.4 "Pre-clean", which looks at the live object: it takes over one pass later.
 */
export async function takeOver(candidate: Candidate, context: StageContext, after?: ObjectMeta): Promise<boolean> {
  for (let count = 1; ; count++) {
    const steps = stepsFor(candidate, context, after);
    if (steps.length === 0) return count > 1;
    const isDone = await attempt(
      candidate,
      "cleanup",
      () => [],
      () => patchUnlessRaced(candidate, steps, context, count === maxAttempts),
    );
    if (isDone) return true;
  }
}

/** False when somebody wrote the object in between; it is read again then. */
async function patchUnlessRaced(
  candidate: Candidate,
  steps: JsonPatchStep[],
  context: StageContext,
  isLast: boolean,
): Promise<boolean> {
  const before = candidate.live?.metadata.resourceVersion;
  try {
    await patchObject(candidate, steps, context);
    return true;
  } catch (error) {
    if (isLast || !hasReason(error, ...raceReasons)) throw error;
    candidate.live = undefined;
    await readObject(candidate, context.target, context.options);
    const after = currentVersionOf(candidate);
    if (after === undefined || after === before) throw error;
    return false;
  }
}

function currentVersionOf({ live, absent }: Candidate): string | undefined {
  return absent ? "" : live?.metadata.resourceVersion;
}

function stepsFor(
  { desired, live, knowledge }: Candidate,
  { options }: StageContext,
  after?: ObjectMeta,
): JsonPatchStep[] {
  if (!live || knowledge === "Skipped") return [];
  if (controlsOf(desired.metadata).merge || controlsOf(after ?? live.metadata).merge) return [];
  const { fieldManager, overriddenManagers = [] } = options;
  return planTakeover(live, { fieldManager, overridden: overriddenManagers });
}

async function patchObject(candidate: Candidate, steps: JsonPatchStep[], context: StageContext): Promise<void> {
  const { target, options, beforeWrite } = context;
  const { ref } = candidate;
  await beforeWrite();
  // Without a record, the watch takes the echo of this write for nobody's business.
  target.memory.forget(ref);
  const { fieldManager } = options;
  candidate.live = await target.kube.patch(ref, "json", steps, { fieldManager, ...signalOf(options) });
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
