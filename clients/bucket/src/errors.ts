import { EddyError, messageOf } from "@eddy/core/errors";
import { isHttpError, kindOfStatus } from "@eddy/http";

/**
 * Why an object store did not do what it was asked. `denied`: not with these credentials; `missing`: there is no such bucket;
 * `unreachable`: no answer, or a failing one; `refused`: any other no; `tooLarge`; `configuration`: the address or name cannot be one.
 */
export type BucketErrorKind = "denied" | "missing" | "unreachable" | "refused" | "tooLarge" | "configuration";

/** A failed request to an object store; `code` is `BUCKET_<KIND>`, class retry. Holds no secret. */
export class BucketError extends EddyError {
  override readonly name = "BucketError";
  readonly kind: BucketErrorKind;

  constructor(kind: BucketErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(`BUCKET_${kind.replace(/[A-Z]/g, "_$&").toUpperCase()}`, message, options);
    this.kind = kind;
  }
}

/** Whether the error is a {@link BucketError} of one of these kinds; of any, when none is named. */
export function isBucketError(error: unknown, ...kinds: BucketErrorKind[]): error is BucketError {
  return error instanceof BucketError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** A failed exchange as a BucketError; what is no failure of HTTP (a login's, an abort), as it is. */
export function exchangeFailure(error: unknown): unknown {
  if (!isHttpError(error)) return error;
  const kind = error.kind === "tooLarge" || error.kind === "configuration" ? error.kind : "unreachable";
  return new BucketError(kind, messageOf(error), { cause: error });
}

/** An answer that is a no: the service's own words, or the status. */
export function refusal(status: number, words: string | undefined): BucketError {
  const meaning = kindOfStatus(status);
  const kind = meaning === "authentication" ? "denied" : meaning === "unavailable" ? "unreachable" : "refused";
  return new BucketError(kind, words?.trim() ? words.trim().slice(0, 500) : `status ${status}`);
}
