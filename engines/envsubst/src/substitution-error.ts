import { EddyError, type SourcePosition } from "@eddy/core/errors";

/** Options of {@link SubstitutionError}. */
export interface SubstitutionErrorOptions {
  position?: SourcePosition;
  hint?: string;
}

/** A text that cannot be substituted, in upstream's words. Terminal, code `INVALID_SUBSTITUTION`. Never holds a value. */
export class SubstitutionError extends EddyError {
  override readonly name: string = "SubstitutionError";

  constructor(message: string, options: SubstitutionErrorOptions = {}) {
    super("INVALID_SUBSTITUTION", message, { class: "terminal", ...options });
  }
}
