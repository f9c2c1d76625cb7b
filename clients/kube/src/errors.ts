import { EddyError } from "@eddy/core/errors";
import type { ErrorClass } from "@eddy/core/errors";

/** `Status` of an unsuccessful answer. */
export interface ApiStatus {
  code: number;
  /** `NotFound`, `Conflict`, `Invalid`, `AlreadyExists`, `Forbidden`, … */
  reason: string;
  message: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
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

/**
 * Why there was no answer: `Unreachable` (refused, no route, unknown host, proxy), `Tls` (a certificate that does not
 * verify, a handshake that fails), `Timeout`, `Cut` (the connection ended in the middle of an answer), `TooLarge`.
 */
export type ConnectionFailure = "Unreachable" | "Tls" | "Timeout" | "Cut" | "TooLarge";

/** No answer: refused connection, TLS failure, timeout, a cut stream. */
export class KubeConnectionError extends EddyError {
  override readonly name = "KubeConnectionError";
  readonly failure: ConnectionFailure;

  constructor(message: string, cause?: unknown, failure: ConnectionFailure = "Unreachable") {
    super("KUBE_CONNECTION", message, { cause });
    this.failure = failure;
  }
}

/** Whether the error is an API error with this reason, like `NotFound`. */
export function hasReason(error: unknown, ...reasons: string[]): error is KubeApiError {
  return error instanceof KubeApiError && reasons.includes(error.status.reason);
}
