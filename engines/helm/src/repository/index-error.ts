import { HelmError } from "../error.ts";

/** An index that cannot be used, or that has not what is asked for; the code is `HELM_INDEX`. */
export function indexError(message: string, options: { cause?: unknown } = {}): HelmError {
  return new HelmError(message, { code: "HELM_INDEX", ...options });
}
