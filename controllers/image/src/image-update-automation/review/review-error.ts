import { messageOf } from "@eddy/core/errors";
import { ForgeError } from "@eddy/forge";
import { StepError } from "@eddy/runtime/controller";

/** Ready's reason when a forge did not do what it was asked. */
export const pullRequestFailed = "PullRequestFailed";

/** What a forge did not do, as a step says it: looked at again when the forge asks for it. */
export function reviewFailure(cause: unknown, what: string): StepError {
  if (cause instanceof StepError) return cause;
  const retryAfterMs = cause instanceof ForgeError ? cause.retryAfterMs : undefined;
  return new StepError(pullRequestFailed, `${what}: ${messageOf(cause)}`, {
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Whether it is no use to ask this forge for anything else now. */
export function endsAll({ cause }: StepError): boolean {
  return cause instanceof ForgeError && cause.kind !== "refused";
}
