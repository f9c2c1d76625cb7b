import { messageOf } from "@eddy/core/errors";
import { isGitError, withoutUserInfo } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";

/** A failed Git operation as a condition says it. What only a change of the spec can mend is tried again too, as upstream does. */
export function gitFailure(reason: string, doing: string, cause: unknown, url: string): StepError {
  const isWhole = isGitError(cause, "ref-not-found", "rejected", "unsafe", "configuration", "unsupported", "empty");
  const where = isWhole ? "" : `'${withoutUserInfo(url)}': `;
  return new StepError(reason, `${doing}: ${where}${messageOf(cause)}`, { class: "retry", cause });
}
