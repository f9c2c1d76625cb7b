import { EddyError } from "../errors/index.ts";

/** A text is no SSH key, or one that cannot be used. The code is `SSH_KEY_INVALID`, the class `terminal`; never holds the key. */
export class SshKeyError extends EddyError {
  override readonly name: string = "SshKeyError";

  constructor(message: string) {
    super("SSH_KEY_INVALID", message, { class: "terminal" });
  }
}
