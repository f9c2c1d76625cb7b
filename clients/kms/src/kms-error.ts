import { EddyError } from "@eddy/core/errors";

/** A key service refused, or could not be asked. The code is `KMS_FAILED`; never holds a key, a token or plain text. */
export class KmsError extends EddyError {
  override readonly name: string = "KmsError";

  constructor(message: string, options: { terminal?: boolean; cause?: unknown } = {}) {
    super("KMS_FAILED", message, {
      class: options.terminal ? "terminal" : "retry",
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}
