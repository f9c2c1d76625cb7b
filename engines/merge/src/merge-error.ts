import { EddyError } from "@eddy/core/errors";

/** What the API server says of any patch that does not apply, whatever is wrong with it. */
export const unprocessable = "the server rejected our request due to an error in our request";

/**
 * A patch or apply that the API server refuses. `status` is the code it answers with (400 BadRequest, 413 too large,
 * 422 Invalid, 500 InternalError) and `message` its words; `detail` says what was wrong where the server does not.
 * Terminal: the same request fails again.
 */
export class MergeError extends EddyError {
  readonly status: number;
  readonly detail: string;

  constructor(status: number, message: string, detail: string = message) {
    super("MERGE_REFUSED", message, { class: "terminal" });
    this.status = status;
    this.detail = detail;
  }
}
