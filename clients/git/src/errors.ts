import { EddyError } from "@eddy/core/errors";
import type { ErrorClass } from "@eddy/core/errors";

/** Why a Git operation failed. */
export type GitErrorKind =
  | "authentication"
  | "not-found"
  | "host-key"
  | "certificate"
  | "empty"
  | "unreachable"
  | "ref-not-found"
  | "timeout"
  | "limit"
  | "protocol"
  | "unsafe"
  | "rejected"
  | "unsupported"
  | "configuration";

const terminal: readonly GitErrorKind[] = ["unsupported", "configuration"];

/** A failed Git operation; `code` is `GIT_<KIND>`. The class is retry, except for what only a change of the spec can mend. */
export class GitError extends EddyError {
  override readonly name = "GitError";
  readonly kind: GitErrorKind;

  constructor(kind: GitErrorKind, message: string, options: { cause?: unknown; hint?: string } = {}) {
    const errorClass: ErrorClass = terminal.includes(kind) ? "terminal" : "retry";
    super(`GIT_${kind.toUpperCase().replaceAll("-", "_")}`, message, { class: errorClass, ...options });
    this.kind = kind;
  }
}

/** Whether the error is a Git error of one of these kinds. */
export function isGitError(error: unknown, ...kinds: GitErrorKind[]): error is GitError {
  return error instanceof GitError && (kinds.length === 0 || kinds.includes(error.kind));
}
