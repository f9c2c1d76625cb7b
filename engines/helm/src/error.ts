import { EddyError, type ErrorClass, type SourcePosition } from "@eddy/core/errors";

/** Options of {@link HelmError}. */
export interface HelmErrorOptions {
  code?: string;
  class?: ErrorClass;
  position?: SourcePosition;
  hint?: string;
  cause?: unknown;
}

/**
 * A chart that is refused, in Helm's words. The code is `HELM_CHART` unless given; the class is `terminal`, since only another
 * chart or other values mend it.
 */
export class HelmError extends EddyError {
  override readonly name: string = "HelmError";

  constructor(message: string, { code = "HELM_CHART", ...options }: HelmErrorOptions = {}) {
    super(code, message, { class: "terminal", ...options });
  }
}
