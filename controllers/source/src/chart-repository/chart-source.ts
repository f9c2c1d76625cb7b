import type { VerificationOutcome } from "../verify/verify-artifact.ts";

/** One version of a chart, where it is. */
export interface FoundChart {
  readonly name: string;
  readonly version: string;
  /** URL or reference. */
  readonly location: string;
  /** What the index says of the package: `sha256:<hex>`. */
  readonly digest?: string;
}

/** A repository or a registry that charts are taken from. */
export interface ChartSource {
  /**
   * The version that a version or range names.
   * @throws ChartReferenceError where there is none, another Error where that cannot be known
   */
  find(chart: string, range: string): Promise<FoundChart>;
  /** Proves who signed it, where that is wanted; what is given back is pinned. @throws EddyError */
  verify(found: FoundChart): Promise<{ readonly found: FoundChart; readonly outcome: VerificationOutcome }>;
  /** The package. @throws Error */
  download(found: FoundChart): Promise<Buffer>;
}

/** The chart or version that was asked for does not exist: only another spec, or another index, mends it. */
export class ChartReferenceError extends Error {}
