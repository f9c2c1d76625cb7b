import { EddyError } from "@eddy/core/errors";
import { formatSample, type Labels } from "./text.ts";

/** Counts up. */
export interface Counter {
  add(labels: Labels, by?: number): void;
}

/** Goes up and down. */
export interface Gauge {
  set(labels: Labels, value: number): void;
  add(labels: Labels, by: number): void;
  remove(labels: Labels): void;
}

/** Counts observations in cumulative buckets. */
export interface Histogram {
  observe(labels: Labels, value: number): void;
  remove(labels: Labels): void;
}

/** All metrics of one process. A name registered twice gives the same metric; with another type it is an error. */
export interface MetricsRegistry {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** `buckets`: upper bounds, ascending, without +Inf. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  /** Runs before each rendering, to set gauges that are read rather than counted. */
  onCollect(collect: () => void): void;
  /** Prometheus text format 0.0.4. */
  render(): string;
}

type Kind = "counter" | "gauge" | "histogram";

interface Family {
  kind: Kind;
  help: string;
  metric: Counter & Gauge & Histogram;
  lines(name: string): Iterable<string>;
}

/** An empty registry. */
export function createMetricsRegistry(): MetricsRegistry {
  const families = new Map<string, Family>();
  const collectors: (() => void)[] = [];
  const family = (name: string, kind: Kind, create: () => Family): Family["metric"] => {
    const known = families.get(name) ?? create();
    if (known.kind !== kind) {
      throw new EddyError("METRIC_TYPE", `register metric "${name}": it is a ${known.kind}, not a ${kind}`, {
        class: "terminal",
      });
    }
    families.set(name, known);
    return known.metric;
  };
  return {
    counter: (name, help) => family(name, "counter", () => valueFamily("counter", help)),
    gauge: (name, help) => family(name, "gauge", () => valueFamily("gauge", help)),
    histogram: (name, help, buckets) => family(name, "histogram", () => bucketFamily(help, buckets)),
    onCollect: (collect) => void collectors.push(collect),
    render() {
      for (const collect of collectors) collect();
      const lines: string[] = [];
      for (const [name, { kind, help, lines: of }] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...of(name));
      }
      return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
    },
  };
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function valueFamily(kind: "counter" | "gauge", help: string): Family {
  const values = new Map<string, { labels: Labels; value: number }>();
  const add = (labels: Labels, by = 1): void => {
    const entry = values.get(keyOf(labels));
    if (entry) entry.value += by;
    else values.set(keyOf(labels), { labels, value: by });
  };
  return {
    kind,
    help,
    metric: {
      add,
      set: (labels, value) => void values.set(keyOf(labels), { labels, value }),
      remove: (labels) => void values.delete(keyOf(labels)),
      observe: (labels, value) => add(labels, value),
    },
    *lines(name) {
      for (const { labels, value } of values.values()) yield formatSample(name, labels, value);
    },
  };
}

function bucketFamily(help: string, buckets: readonly number[]): Family {
  const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();
  const observe = (labels: Labels, value: number): void => {
    const key = keyOf(labels);
    const entry = series.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
    series.set(key, entry);
    entry.sum += value;
    entry.count += 1;
    const index = buckets.findIndex((bound) => value <= bound);
    if (index >= 0) entry.counts[index] = (entry.counts[index] ?? 0) + 1;
  };
  return {
    kind: "histogram",
    help,
    metric: { observe, add: observe, set: observe, remove: (labels) => void series.delete(keyOf(labels)) },
    *lines(name) {
      for (const { labels, counts, sum, count } of series.values()) {
        let below = 0;
        for (const [index, bound] of buckets.entries()) {
          below += counts[index] ?? 0;
          yield formatSample(`${name}_bucket`, { ...labels, le: String(bound) }, below);
        }
        yield formatSample(`${name}_bucket`, { ...labels, le: "+Inf" }, count);
        yield formatSample(`${name}_sum`, labels, sum);
        yield formatSample(`${name}_count`, labels, count);
      }
    },
  };
}

/** `count` bounds from `start`, each `factor` times the one before. Source: prometheus.ExponentialBuckets. */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start * factor ** index);
}
