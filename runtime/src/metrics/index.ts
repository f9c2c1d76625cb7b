/**
 * Metrics of the process, printed as Prometheus reads them.
 *
 * Not an HTTP server (`apps/server` is). Entry point: {@link createMetricsRegistry}.
 */
export {
  createMetricsRegistry,
  exponentialBuckets,
  type Counter,
  type Gauge,
  type Histogram,
  type MetricsRegistry,
} from "./registry.ts";
export { formatSample, type Labels } from "./text.ts";
