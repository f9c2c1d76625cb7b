import { EddyError, type ErrorClass } from "@eddy/core/errors";

/**
 * Why an HTTP exchange failed.
 * `unreachable`: no connection, or it broke; `tls`: the server's certificate is not trusted; `timeout`: the deadline passed;
 * `proxy`: the proxy refused; `redirect`: too many, or to where we do not go; `tooLarge`: more than `maxBytes`;
 * `protocol`: an answer that makes no sense; `configuration`: our side is set up wrongly (class terminal);
 * by status: `authentication` (401, 403, 407), `notFound` (404, 410), `unavailable` (408, 429, 5xx), `refused` (the rest).
 */
export type HttpErrorKind =
  | "unreachable"
  | "tls"
  | "timeout"
  | "proxy"
  | "redirect"
  | "tooLarge"
  | "protocol"
  | "configuration"
  | "authentication"
  | "notFound"
  | "unavailable"
  | "refused";

/** Options of {@link HttpError}. */
export interface HttpErrorOptions {
  /** Begins the message: what was being done. */
  doing?: string;
  status?: number;
  /** What the server asked to wait. */
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * A failed exchange; `code` is `HTTP_<KIND>`. Messages name the origin at most: paths, queries, headers and user info can
 * hold secrets and are left out. Class retry, `configuration` terminal.
 */
export class HttpError extends EddyError {
  override readonly name = "HttpError";
  readonly kind: HttpErrorKind;
  /** The message without what was being done, for callers that word that themselves. */
  readonly detail: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: HttpErrorKind, detail: string, options: HttpErrorOptions = {}) {
    const errorClass: ErrorClass = kind === "configuration" ? "terminal" : "retry";
    super(
      `HTTP_${kind.replace(/[A-Z]/g, "_$&").toUpperCase()}`,
      `${options.doing === undefined ? "" : `${options.doing}: `}${detail}`,
      {
        class: errorClass,
        ...("cause" in options ? { cause: options.cause } : {}),
      },
    );
    this.kind = kind;
    this.detail = detail;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether the error is an {@link HttpError} of one of these kinds; of any, when none is named. */
export function isHttpError(error: unknown, ...kinds: HttpErrorKind[]): error is HttpError {
  return error instanceof HttpError && (kinds.length === 0 || kinds.includes(error.kind));
}
