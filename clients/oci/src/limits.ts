import type { OciLimits } from "./client.ts";

/** Far beyond any sane repository, and small enough for the process. */
export const defaultLimits: OciLimits = {
  maxManifestBytes: 8 * 1024 ** 2,
  maxBlobBytes: 512 * 1024 ** 2,
  maxTags: 200_000,
  attempts: 3,
  retryDelayMs: 1_000,
  maxRetryDelayMs: 30_000,
};
