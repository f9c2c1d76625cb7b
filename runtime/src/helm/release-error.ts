import { EddyError, type EddyErrorOptions } from "@eddy/core/errors";
import type { Release } from "./record/release.ts";

/** What went wrong with a release. */
export type ReleaseErrorCode =
  | "RELEASE_NAME_INVALID"
  | "RELEASE_NAME_IN_USE"
  | "RELEASE_NOT_FOUND"
  | "RELEASE_NOT_DEPLOYED"
  | "RELEASE_REVISION_MISSING"
  | "RELEASE_LOCKED"
  | "RELEASE_EXISTS"
  | "RELEASE_RECORD_INVALID"
  | "RELEASE_STORAGE_FAILED"
  | "RELEASE_REQUEST_INVALID"
  | "RELEASE_RENDER_FAILED"
  | "RELEASE_MANIFEST_INVALID"
  | "RELEASE_CRDS_FAILED"
  | "RELEASE_OWNERSHIP"
  | "RELEASE_APPLY_FAILED"
  | "RELEASE_DELETE_FAILED"
  | "RELEASE_HOOK_FAILED"
  | "RELEASE_WAIT_FAILED"
  | "RELEASE_STATE_UNKNOWN"
  | "RELEASE_CANCELLED";

/** Options of {@link ReleaseError}. */
export interface ReleaseErrorOptions extends EddyErrorOptions {
  release?: Release;
}

/**
 * An action on a release failed. `message` is Helm's text. `release` is the revision that was at work, as it is stored, when the
 * action got as far as storing one: only then has the cluster been touched. The class is `retry` unless given.
 */
export class ReleaseError extends EddyError {
  override readonly name = "ReleaseError";
  override readonly code: ReleaseErrorCode;
  readonly release: Release | undefined;

  constructor(code: ReleaseErrorCode, message: string, options: ReleaseErrorOptions = {}) {
    super(code, message, options);
    this.code = code;
    this.release = options.release;
  }
}
