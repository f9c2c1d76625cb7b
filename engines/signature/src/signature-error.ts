import { EddyError } from "@eddy/core/errors";

/**
 * Why no signature holds: SIGNATURE_KEY, SIGNATURE_ROOT and SIGNATURE_IDENTITY (terminal: what is trusted cannot be read),
 * SIGNATURE_NONE (none is there), SIGNATURE_INVALID (none of those that are there holds). Why nothing can be signed: SIGNING_KEY and
 * those that begin with it (terminal).
 */
export type SignatureErrorCode =
  | "SIGNATURE_KEY"
  | "SIGNATURE_ROOT"
  | "SIGNATURE_IDENTITY"
  | "SIGNATURE_NONE"
  | "SIGNATURE_INVALID"
  | "SIGNING_KEY"
  | "SIGNING_KEY_SEVERAL"
  | "SIGNING_KEY_ENCRYPTED"
  | "SIGNING_KEY_PASSPHRASE";

/** An error of {@link SignatureErrorCode}. */
export function signatureError(code: SignatureErrorCode, message: string, cause?: unknown): EddyError {
  const isConfiguration = code !== "SIGNATURE_NONE" && code !== "SIGNATURE_INVALID";
  return new EddyError(code, message, {
    class: isConfiguration ? "terminal" : "retry",
    ...(cause === undefined ? {} : { cause }),
  });
}
