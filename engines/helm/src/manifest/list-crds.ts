import { decodeGoString } from "@eddy/gotemplate";
import type { Chart } from "../chart/chart.ts";
import { fullPathOf, type ResolvedChart } from "../dependencies/resolved-chart.ts";
import { resolveDependencies, type ResolveDependenciesOptions } from "../dependencies/resolve-dependencies.ts";
import type { Values } from "../values/values.ts";
import type { ChartCrd } from "./manifest.ts";

/**
 * The files of `crds/` in a chart and in those of its dependencies that the values enable, in Helm's order.
 * @throws HelmError (terminal) where a sub-chart's values are no table
 */
export function listCrds(chart: Chart, options: ResolveDependenciesOptions & { values?: Values } = {}): ChartCrd[] {
  return crdsOf(resolveDependencies(chart, options.values ?? {}, options));
}

/** As {@link listCrds}, of a chart whose dependencies are decided. */
export function crdsOf(chart: ResolvedChart): ChartCrd[] {
  const path = fullPathOf(chart);
  const own = chart.files
    .filter(({ name }) => name.startsWith("crds/") && /\.(?:yaml|yml|json)$/i.test(name))
    .map(({ name, data }) => ({ path: `${path}/${name}`, name, content: decodeGoString(data) }));
  return [...own, ...chart.dependencies.flatMap(crdsOf)];
}
