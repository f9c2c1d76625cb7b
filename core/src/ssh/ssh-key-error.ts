import { EddyError } from "../errors/index.ts";

/** What is wrong with a key. */
export type SshKeyProblem = "invalid" | "encrypted" | "passphrase";

/** A text is no SSH key, or one that cannot be used. The code is `SSH_KEY_INVALID`, the class `terminal`; never holds the key. */
export class SshKeyError extends EddyError {
  override readonly name: string = "SshKeyError";
  /** `encrypted`: a passphrase is needed; `passphrase`: the one given is wrong. */
  readonly problem: SshKeyProblem;

  constructor(message: string, problem: SshKeyProblem = "invalid") {
    super("SSH_KEY_INVALID", message, { class: "terminal" });
    this.problem = problem;
  }
}
