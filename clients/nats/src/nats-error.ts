import { EddyError, type EddyErrorOptions } from "@eddy/core/errors";

/** What went wrong with a server; never with a secret in it. */
export class NatsError extends EddyError {
  override readonly name = "NatsError";

  constructor(message: string, options: EddyErrorOptions = {}) {
    super("NATS", message, options);
  }
}
