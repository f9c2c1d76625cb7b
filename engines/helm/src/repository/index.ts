/**
 * The index of a chart repository: read in steps, kept as upstream stores it, and asked for one chart at a time.
 *
 * Not a downloader. Entry points: {@link parseIndex}, {@link findChart}, {@link selectVersion}.
 */
export { findChart, type ChartVersion } from "./find-chart.ts";
export { defaultIndexLimits, parseIndex, type IndexLimits, type ParsedIndex } from "./parse-index.ts";
export { indexUrl, normalizeRepositoryUrl, resolveChartUrl } from "./repository-url.ts";
export { selectVersion, type VersionCandidate } from "./select-version.ts";
