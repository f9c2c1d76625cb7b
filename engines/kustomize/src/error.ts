import { EddyError, type ErrorClass, type SourcePosition } from "@eddy/core/errors";

/** Options of {@link KustomizeError}. */
export interface KustomizeErrorOptions {
  position?: SourcePosition;
  hint?: string;
  cause?: unknown;
  class?: ErrorClass;
  /** Whether the position is in a remote repository, whose address it begins with. Default false. */
  remote?: boolean;
}

/**
 * A build that is refused, with the file, line and field at fault as far as known. The code is `BUILD_FAILED`; the class is
 * `retry`, since a change of the files, which is a new revision, mends it.
 */
export class KustomizeError extends EddyError {
  override readonly name: string = "KustomizeError";

  /** Whether the position is in a remote repository, and not in the tree of the build. */
  readonly remote: boolean;

  constructor(message: string, { remote = false, ...options }: KustomizeErrorOptions = {}) {
    super("BUILD_FAILED", message, { class: "retry", ...options });
    this.remote = remote;
  }
}
