import { EddyError } from "@eddy/core/errors";

/**
 * A patch or apply that the API server refuses. `status` is the code it answers with (400 BadRequest, 413 too large,
 * 422 Invalid, 500 InternalError) and `message` its words. Terminal: the same request fails again.
 */
export class MergeError extends EddyError {
  readonly status: number;

  constructor(status: number, message: string) {
    super("MERGE_REFUSED", message, { class: "terminal" });
    this.status = status;
  }
}
