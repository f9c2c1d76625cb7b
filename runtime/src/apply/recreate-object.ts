import { waitGone } from "../health/wait-gone.ts";
import { isImmutableError } from "./apply-error.ts";
import { attempt, signalOf, type StageContext } from "./attempt.ts";
import { controlsOf } from "./control-metadata.ts";
import type { Candidate } from "./examine-object.ts";

const goneTimeoutMs = 60_000;
const nothingDone = (): [] => [];

/** Whether this refusal of a change is to be answered by deleting the object: it is there, and Git or the cluster says force. */
export function shouldRecreate(candidate: Candidate, error: unknown, { options }: StageContext): boolean {
  if (candidate.absent || !isImmutableError(error)) return false;
  const { desired, live } = candidate;
  return options.force || controlsOf(desired.metadata).force || (live !== undefined && controlsOf(live.metadata).force);
}

/** Deletes an object that cannot be changed, and waits until it is gone; the candidate is absent from here on. */
export async function removeForRecreation(
  candidate: Candidate,
  { target, options, beforeWrite }: StageContext,
): Promise<void> {
  const { ref } = candidate;
  await beforeWrite();
  // Without a record, the watch takes its end for nobody's business.
  target.memory.forget(ref);
  const signal = signalOf(options);
  await attempt(candidate, "delete", nothingDone, () =>
    target.kube.delete(ref, { propagationPolicy: "Background", ...signal }),
  );
  await attempt(candidate, "wait", nothingDone, () =>
    waitGone(ref, { kube: target.kube, clock: options.clock, timeoutMs: goneTimeoutMs, ...signal }),
  );
  candidate.live = undefined;
  candidate.absent = true;
  candidate.knowledge = "Unknown";
}
