import { EddyError } from "@eddy/core/errors";
import type { ErrorClass } from "@eddy/core/errors";

/** `Status` of an unsuccessful answer. */
export interface ApiStatus {
  code: number;
  /** `NotFound`, `Conflict`, `Invalid`, `AlreadyExists`, `Forbidden`, … */
  reason: string;
  message: string;
  details?: { name?: string; group?: string; kind?: string; retryAfterSeconds?: number; causes?: { reason?: string; message?: string; field?: string }[] };
}

/** The API server answered and refused. `message` is the server's own text. */
export class KubeApiError extends EddyError {
  override readonly name = "KubeApiError";
  readonly status: ApiStatus;

  constructor(status: ApiStatus, errorClass: ErrorClass = "retry") {
    super("KUBE_API", status.message, { class: errorClass });
    this.status = status;
  }
}

/** No answer: refused connection, TLS failure, timeout, a cut stream. */
export class KubeConnectionError extends EddyError {
  override readonly name = "KubeConnectionError";

  constructor(message: string, cause?: unknown) {
    super("KUBE_CONNECTION", message, { cause });
  }
}

/** Whether the error is an API error with this reason, like `NotFound`. */
export function hasReason(error: unknown, ...reasons: string[]): error is KubeApiError {
  return error instanceof KubeApiError && reasons.includes(error.status.reason);
}
