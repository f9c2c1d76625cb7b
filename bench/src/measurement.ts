/** One figure of one peer. */
export interface Measurement {
  /** What was measured, the same words for every peer. */
  what: string;
  value: number;
  unit: "ms" | "s" | "CPU-s" | "MiB" | "requests/s" | "CPU-s/h";
  /** What Eddy is to reach, as text. */
  want?: string;
}

/** The value at a quantile (0–1) of the samples, by the nearest rank. */
export function quantile(samples: readonly number[], at: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(at * sorted.length) - 1))] ?? Number.NaN;
}

/** `12.3 s`: three significant digits above 1, two decimals below 10. */
export function formatMeasurement({ value, unit }: Pick<Measurement, "value" | "unit">): string {
  return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
}
