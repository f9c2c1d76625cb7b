import { imageUpdateReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { isGitError, withoutUserInfo } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";

/** A look at the repository that failed, in the words of upstream's controller and client. */
export function checkoutFailure(cause: unknown, url: string): StepError {
  // Whole sentences of upstream's already.
  const isWhole = isGitError(cause, "ref-not-found", "configuration", "empty");
  const where = isWhole ? "" : `unable to clone '${withoutUserInfo(url)}': `;
  return failure(`failed to checkout source: ${where}${messageOf(cause)}`, cause);
}

/** A commit that was not taken. */
export function pushFailure(cause: unknown): StepError {
  return failure(`failed to update source: ${messageOf(cause)}`, cause);
}

/** What only a change of the spec can mend is tried again too, as upstream does. */
function failure(message: string, cause: unknown): StepError {
  return new StepError(imageUpdateReasons.gitOperationFailed, message, { class: "retry", cause });
}
