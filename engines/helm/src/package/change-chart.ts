import { dump } from "@eddy/goyaml";
import type { Chart, ChartFile } from "../chart/chart.ts";
import { HelmError } from "../error.ts";
import type { Values } from "../values/values.ts";

const valuesFile = "values.yaml";

/** The chart under another version. */
export function withVersion(chart: Chart, version: string): Chart {
  return { ...chart, metadata: { ...chart.metadata, version } };
}

/** The chart under another name. */
export function withName(chart: Chart, name: string): Chart {
  return { ...chart, metadata: { ...chart.metadata, name } };
}

/** The chart with one more vendored chart. */
export function withDependency(chart: Chart, dependency: Chart): Chart {
  return { ...chart, dependencies: [...chart.dependencies, dependency] };
}

/**
 * The chart with these values instead of its own, or undefined when its values.yaml has these very bytes.
 * Source: source-controller internal/helm/chart `OverwriteChartDefaultValues`.
 * @throws HelmError (terminal) for a chart without values.yaml
 */
export function withValues(chart: Chart, values: Values): Chart | undefined {
  const data = Object.keys(values).length === 0 ? new Uint8Array() : Buffer.from(dump(values));
  const former = chart.raw.find(({ name }) => name === valuesFile);
  if (former === undefined) throw new HelmError(`failed to locate values file: ${valuesFile}`);
  if (Buffer.compare(former.data, data) === 0) return undefined;
  const replace = (file: ChartFile): ChartFile => (file.name === valuesFile ? { name: valuesFile, data } : file);
  return { ...chart, values, raw: chart.raw.map(replace), files: chart.files.map(replace) };
}
