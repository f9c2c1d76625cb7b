import { expect, test } from "vitest";
import { createMetricsRegistry, exponentialBuckets } from "./registry.ts";

test("renders the Prometheus text format, families by name", () => {
  const registry = createMetricsRegistry();
  const total = registry.counter("reconcile_total", "Reconciliations");
  total.add({ controller: "kustomization", result: "success" });
  total.add({ result: "success", controller: "kustomization" }, 2);
  const depth = registry.gauge("depth", "Depth");
  registry.onCollect(() => depth.set({ name: 'a"b\\c\nd' }, 3));
  const duration = registry.histogram("duration_seconds", "Duration", [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) duration.observe({}, value);
  expect(registry.render()).toBe(`# HELP depth Depth
# TYPE depth gauge
depth{name="a\\"b\\\\c\\nd"} 3
# HELP duration_seconds Duration
# TYPE duration_seconds histogram
duration_seconds_bucket{le="0.1"} 2
duration_seconds_bucket{le="1"} 3
duration_seconds_bucket{le="+Inf"} 4
duration_seconds_sum 7.65
duration_seconds_count 4
# HELP reconcile_total Reconciliations
# TYPE reconcile_total counter
reconcile_total{controller="kustomization",result="success"} 3
`);
});

test("a series that is removed is not rendered, and a name has one type", () => {
  const registry = createMetricsRegistry();
  const gauge = registry.gauge("g", "G");
  gauge.set({ a: "1" }, 1);
  gauge.remove({ a: "1" });
  expect(registry.render()).toBe("# HELP g G\n# TYPE g gauge\n");
  expect(() => registry.counter("g", "G")).toThrow('register metric "g": it is a gauge, not a counter');
});

test("exponentialBuckets() multiplies", () => {
  expect(exponentialBuckets(1, 2, 4)).toEqual([1, 2, 4, 8]);
});
