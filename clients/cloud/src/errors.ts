import { EddyError, messageOf } from "@eddy/core/errors";
import { isHttpError } from "@eddy/http";

/**
 * Why a login failed. `configuration`: what was given cannot work; `refused`: the service said no; `unreachable`: it could not
 * be asked, or made no sense.
 */
export type CloudErrorKind = "configuration" | "refused" | "unreachable";

/** A failed login; `code` is `CLOUD_<KIND>`, class retry: credentials and roles are mended elsewhere. Holds no secret. */
export class CloudError extends EddyError {
  override readonly name = "CloudError";
  readonly kind: CloudErrorKind;

  constructor(kind: CloudErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(`CLOUD_${kind.toUpperCase()}`, message, "cause" in options ? { cause: options.cause } : {});
    this.kind = kind;
  }
}

/** Whether the error is a {@link CloudError} of one of these kinds; of any, when none is named. */
export function isCloudError(error: unknown, ...kinds: CloudErrorKind[]): error is CloudError {
  return error instanceof CloudError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** A failure while `doing` something, as a CloudError; one that is already, as it is. */
export function cloudFailure(doing: string, error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  const refused = isHttpError(error, "authentication", "refused", "notFound");
  return new CloudError(refused ? "refused" : "unreachable", `${doing}: ${messageOf(error)}`, { cause: error });
}
