import { EddyError, type EddyErrorOptions } from "@eddy/core/errors";

/** Why a file cannot be encrypted or decrypted. The code is `SOPS_FAILED` unless given; never holds plaintext or a key. */
export class SopsError extends EddyError {
  override readonly name: string = "SopsError";

  constructor(message: string, options: EddyErrorOptions & { code?: string } = {}) {
    super(options.code ?? "SOPS_FAILED", message, options);
  }
}
