import { EddyError } from "@eddy/core/errors";

/** How a step ends. Source: flux1-keel-flagger.md 4.4. */
export const exitCodes = { ok: 0, failed: 1, badInput: 2, notInRegistry: 3, refused: 4 } as const;

/** A release that did not come to be, and the exit code that says why. */
export class ReleaseError extends EddyError {
  override readonly name: string = "ReleaseError";
  readonly exitCode: number;

  constructor(kind: keyof typeof exitCodes, message: string, cause?: unknown) {
    super(`RELEASE_${kind.toUpperCase()}`, message, cause === undefined ? {} : { cause });
    this.exitCode = exitCodes[kind];
  }
}
