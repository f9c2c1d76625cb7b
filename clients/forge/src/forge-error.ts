import { EddyError } from "@eddy/core/errors";

/**
 * `configuration`: nothing helps until a setting changes; `authentication`: the token is wrong, or may not do this; `notFound`: the
 * repository is not there, or the token may not see it; `limited`: too many requests.
 */
export type ForgeErrorKind = "configuration" | "authentication" | "notFound" | "refused" | "limited" | "unreachable";

const codes: Readonly<Record<ForgeErrorKind, string>> = {
  configuration: "FORGE_CONFIGURATION",
  authentication: "FORGE_AUTHENTICATION",
  notFound: "FORGE_NOT_FOUND",
  refused: "FORGE_REFUSED",
  limited: "FORGE_LIMITED",
  unreachable: "FORGE_UNREACHABLE",
};

/** A forge that did not do what it was asked. Never holds a token. Class retry, `configuration` terminal. */
export class ForgeError extends EddyError {
  override readonly name: string = "ForgeError";
  readonly kind: ForgeErrorKind;
  readonly status: number | undefined;
  /** How long the forge asks to wait, an hour at most. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ForgeErrorKind,
    message: string,
    options: { cause?: unknown; status?: number; retryAfterMs?: number | undefined } = {},
  ) {
    const errorClass = kind === "configuration" ? "terminal" : "retry";
    super(codes[kind], message, { class: errorClass, ...("cause" in options ? { cause: options.cause } : {}) });
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}
