/** How large a chart may be. */
export interface ChartLimits {
  /** All files together, unpacked, packed dependencies included. */
  readonly maxBytes: number;
  readonly maxFiles: number;
  /** Charts in charts. */
  readonly maxDepth: number;
}

/** Helm's 100 MiB; 20,000 files and 30 levels, which no chart comes near. */
export const defaultChartLimits: ChartLimits = { maxBytes: 100 * 1024 ** 2, maxFiles: 20_000, maxDepth: 30 };
