import { EddyError } from "@eddy/core/errors";

/** `configuration`: nothing helps until a setting changes; `authentication`: the token is wrong, or may not do this. */
export type ForgeErrorKind = "configuration" | "authentication" | "refused" | "unreachable";

/** A forge that did not do what it was asked. Never holds a token. */
export class ForgeError extends EddyError {
  override readonly name: string = "ForgeError";
  readonly kind: ForgeErrorKind;

  constructor(kind: ForgeErrorKind, message: string, cause?: unknown) {
    const errorClass = kind === "configuration" ? "terminal" : "retry";
    super(`FORGE_${kind.toUpperCase()}`, message, { class: errorClass, ...(cause === undefined ? {} : { cause }) });
    this.kind = kind;
  }
}
