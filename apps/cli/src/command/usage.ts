import { EddyError } from "@eddy/core/errors";

/** An error in what was typed: USAGE (terminal). */
export function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
