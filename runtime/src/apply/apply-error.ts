import { EddyError, messageOf } from "@eddy/core/errors";
import { formatObjectName, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { KubeApiError } from "@eddy/kube";
import type { ChangeSet } from "./change-set.ts";

/** An object could not be applied; `applied` is what had been done before, in order. */
export class ApplyError extends EddyError {
  override readonly name = "ApplyError";
  readonly applied: ChangeSet;
  /** The object, where the server said no to it: it is as it was. */
  readonly refused: ObjectRef | undefined;

  constructor(message: string, applied: ChangeSet, cause: unknown, refused?: ObjectRef) {
    super("APPLY_FAILED", message, { cause, class: cause instanceof EddyError ? cause.class : "retry" });
    this.applied = applied;
    this.refused = refused;
  }
}

/** Whether a request was answered with a no, so that nothing was written; a cut connection, a timeout or a 5xx may have written. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof KubeApiError)) return false;
  const { code } = error.status;
  return code >= 400 && code < 500 && code !== 408 && code !== 429;
}

/** What was tried when it failed. */
export type ApplyPhase = "dry-run" | "apply" | "cleanup" | "delete" | "wait";

/** The words of a failure, as upstream has them. Source: Flux ssa `DryRunErr.Error`, spec 3.4 "Errors". */
export function formatApplyError(object: KubeObject, phase: ApplyPhase, error: unknown): string {
  const subject = formatObjectName(refOf(object));
  const text = messageOf(error);
  switch (phase) {
    case "dry-run":
      return formatDryRunError(object, error);
    case "apply":
      return `${subject} apply failed: ${text}`;
    case "cleanup":
      return `${subject} metadata.managedFields cleanup failed: ${text}`;
    case "delete":
      return `${subject} immutable field detected, failed to delete object: ${text}`;
    case "wait":
      return `${subject} immutable field detected, failed to wait for object to be deleted: ${text}`;
  }
}

function formatDryRunError(object: KubeObject, error: unknown): string {
  const subject = formatObjectName(refOf(object));
  const text = messageOf(error);
  if (!(error instanceof KubeApiError) || error.status.reason === "NoKindMatch")
    return `${subject} dry-run failed: ${text}`;
  if (error.status.reason === "NotFound") {
    return object.metadata.namespace ? `${subject} not found: ${text}` : `${subject} namespace not specified: ${text}`;
  }
  const isManagerConflict = error.status.details?.causes?.some(({ reason }) => reason === "FieldManagerConflict");
  const reason = isManagerConflict ? "FieldManagerConflict" : reasonOf(error);
  return `${subject} dry-run failed${reason ? ` (${reason})` : ""}: ${text}`;
}

// The client derives a reason from the code where the server gave none; a real internal error says so in its text.
function reasonOf({ status, message }: KubeApiError): string {
  const isDerived = status.reason === "InternalError" && !message.startsWith("Internal error occurred");
  return isDerived || status.reason === "Unknown" ? "" : status.reason;
}

/**
 * Whether the server refuses the change but might take a new object: a conflict, an invalid object, or a text that says
 * immutable. Source: Flux ssa `IsImmutableError`.
 */
export function isImmutableError(error: unknown): boolean {
  if (error instanceof KubeApiError && (error.status.reason === "Conflict" || error.status.reason === "Invalid"))
    return true;
  const text = messageOf(error);
  return /is\simmutable|immutable\sfield/.test(text);
}
