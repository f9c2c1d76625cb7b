import type { KubeObject } from "@eddy/core/object";
import { ApplyError, formatApplyError, isRefusal, type ApplyPhase } from "./apply-error.ts";
import type { ChangeEntry } from "./change-set.ts";
import type { Candidate } from "./examine-object.ts";
import type { CompiledIgnoreRules } from "./ignore-rules.ts";
import type { ApplyOptions, ApplyTarget } from "./target.ts";
import { sendKnownFields, withoutFields } from "./unknown-fields.ts";

/** What the steps of a stage share. */
export interface StageContext {
  target: ApplyTarget;
  options: ApplyOptions;
  rules: CompiledIgnoreRules;
  /** Called before each write; does its work once. */
  beforeWrite(): Promise<void>;
}

/** Runs one request for an object; its failure becomes an ApplyError in upstream's words, with what was done before. */
export async function attempt<R>(
  candidate: Candidate,
  phase: ApplyPhase,
  done: () => ChangeEntry[],
  action: () => Promise<R>,
): Promise<R> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ApplyError) throw error;
    const refused = isRefusal(error) ? candidate.ref : undefined;
    throw new ApplyError(formatApplyError(candidate.desired, phase, error), done(), error, refused);
  }
}

/**
 * What an apply asks of the server's field validation. `Warn`, the default, decodes every object a second time for warnings
 * that nobody reads; what the schema does not know is refused by server-side apply in either case.
 */
export const fieldValidation = "Ignore";

/**
 * Sends a candidate's object as {@link sendKnownFields} does. What the server does not know is told, and is not wanted of the candidate
 * any more.
 */
export async function sendKnown<R>(
  candidate: Candidate,
  object: KubeObject,
  options: Pick<ApplyOptions, "onUnknownFields">,
  send: (object: KubeObject) => Promise<R>,
): Promise<R> {
  const { answer, unknownFields } = await sendKnownFields(object, send);
  if (unknownFields.length === 0) return answer;
  candidate.desired = withoutFields(candidate.desired, unknownFields);
  candidate.unknownFields = [...candidate.unknownFields, ...unknownFields];
  options.onUnknownFields?.(candidate.ref, unknownFields);
  return answer;
}

/** The options' signal, where a request takes it. */
export function signalOf({ signal }: ApplyOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
