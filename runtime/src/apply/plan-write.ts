import type { KubeObject } from "@eddy/core/object";
import { fieldValidation, sendKnown, signalOf, type StageContext } from "./attempt.ts";
import { readObject, type Candidate } from "./examine-object.ts";
import { hasDrifted } from "./has-drifted.ts";
import { cedeIgnoredFields, withoutPaths } from "./ignore-rules.ts";
import { removeForRecreation, shouldRecreate } from "./recreate-object.ts";
import { sendTakingOver, takeOver } from "./take-over.ts";

/** What a dry-run says is to be done: a write, by the action that it will be called, or nothing. */
export type Plan =
  | { action: "created" | "configured"; send: KubeObject }
  | { action: "skipped" | "unchanged"; send?: undefined };

/**
 * Asks the server what applying would do. An object that is not there is told by the answer; one that is, is read, looked
 * at for controls and foreign managers, and compared. Foreign managers are taken over here, as upstream does.
 */
export async function planWrite(candidate: Candidate, context: StageContext): Promise<Plan> {
  const { target, options, rules } = context;
  const answer = await dryRun(candidate, context);
  const { desired, unknownFields, ref, hash } = candidate;
  if (answer === "skipped") return { action: "skipped" };
  if (candidate.knowledge === "Changed") return { action: "configured", send: desired };
  candidate.absent = answer.metadata.resourceVersion === undefined;
  if (!candidate.absent && !candidate.live) await readObject(candidate, target, options);
  if (isSkipped(candidate)) return { action: "skipped" };
  if (!candidate.live) return { action: "created", send: desired };

  // A merge that leaves Git with this change leaves nothing to others any more; one that a hand set stays.
  const tookOver = await takeOver(candidate, context, answer.metadata);
  const { live } = candidate;
  if (isSkipped(candidate)) return { action: "skipped" };
  if (!live) return { action: "created", send: desired };
  const paths = rules.pathsFor(answer);
  if (!tookOver && !hasDrifted(withoutPaths(live, paths), withoutPaths(answer, paths))) {
    target.memory.remember(live, { owner: options.owner, hash, object: desired, unknownFields });
    target.live?.watch({ group: ref.group, kind: ref.kind });
    return { action: "unchanged" };
  }
  if (candidate.isSample) {
    // The watch lost something: trust nothing that is remembered.
    target.memory.forgetAll();
    options.onDishonestMemory?.(ref);
  }
  if (paths.length === 0) return { action: "configured", send: desired };
  return {
    action: "configured",
    send: cedeIgnoredFields(desired, live, answer, { rules, fieldManager: options.fieldManager }),
  };
}

// To be asked after each look at the object.
function isSkipped({ knowledge }: Candidate): boolean {
  return knowledge === "Skipped";
}

async function dryRun(candidate: Candidate, context: StageContext): Promise<KubeObject | "skipped"> {
  const { target, options } = context;
  const { fieldManager } = options;
  const apply = (object: KubeObject): Promise<KubeObject> =>
    target.kube.apply(object, { fieldManager, force: true, dryRun: true, fieldValidation, ...signalOf(options) });
  const send = (): Promise<KubeObject> => sendKnown(candidate, candidate.desired, options, apply);
  try {
    return await sendTakingOver(candidate, context, send);
  } catch (error) {
    // What is not to be applied may well be refused; and only what is there can be recreated.
    if (!candidate.live && !candidate.absent) await readObject(candidate, target, options);
    if (candidate.knowledge === "Skipped") return "skipped";
    if (!shouldRecreate(candidate, error, context)) throw error;
    await removeForRecreation(candidate, context);
    return send();
  }
}
