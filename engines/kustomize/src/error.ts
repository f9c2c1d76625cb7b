import { EddyError, type ErrorClass, type SourcePosition } from "@eddy/core/errors";

/** Options of {@link KustomizeError}. */
export interface KustomizeErrorOptions {
  position?: SourcePosition;
  hint?: string;
  cause?: unknown;
  class?: ErrorClass;
}

/**
 * A build that is refused, with the file, line and field at fault as far as known. The code is `BUILD_FAILED`; the class is
 * `retry`, since a change of the files, which is a new revision, mends it.
 */
export class KustomizeError extends EddyError {
  override readonly name: string = "KustomizeError";

  constructor(message: string, options: KustomizeErrorOptions = {}) {
    super("BUILD_FAILED", message, { class: "retry", ...options });
  }
}
