import { EddyError } from "@eddy/core/errors";

/** Another cluster cannot be reached as the object says. The code is `REMOTE_CLUSTER`, the class `retry`. */
export class RemoteClusterError extends EddyError {
  override readonly name: string = "RemoteClusterError";

  constructor(message: string, cause?: unknown) {
    super("REMOTE_CLUSTER", message, cause === undefined ? {} : { cause });
  }
}
