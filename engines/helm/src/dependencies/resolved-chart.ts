import type { Chart, ChartDependency, ChartFile, ChartMetadata } from "../chart/chart.ts";
import type { Values } from "../values/values.ts";

/** A chart whose dependencies are being decided: a copy that may change. */
export interface ResolvedChart {
  metadata: ResolvedMetadata;
  values: Values;
  dependencies: ResolvedChart[];
  /** Whose dependency it is, as upstream remembers it: not always the chart that lists it. */
  parent: ResolvedChart | undefined;
  readonly lock?: Chart["lock"];
  readonly schema?: Uint8Array;
  readonly templates: readonly ChartFile[];
  readonly files: readonly ChartFile[];
  readonly raw: readonly ChartFile[];
}

/** Metadata with dependencies that may change. */
export interface ResolvedMetadata extends Omit<ChartMetadata, "dependencies"> {
  name: string;
  dependencies: ResolvedDependency[];
}

/** A dependency that may be renamed and disabled. */
export interface ResolvedDependency extends Omit<ChartDependency, "name" | "enabled" | "importValues"> {
  name: string;
  enabled: boolean;
  importValues: readonly unknown[];
}

/** A copy to decide on, all the way down; values stay shared, as they are replaced and not changed. */
export function resolvedCopy(chart: Chart): ResolvedChart {
  const { lock, schema } = chart;
  const copy: ResolvedChart = {
    metadata: copyMetadata(chart.metadata),
    values: chart.values,
    dependencies: [],
    parent: undefined,
    templates: chart.templates,
    files: chart.files,
    raw: chart.raw,
    ...(lock === undefined ? {} : { lock }),
    ...(schema === undefined ? {} : { schema }),
  };
  setDependencies(copy, chart.dependencies.map(resolvedCopy));
  return copy;
}

/** Gives a chart other dependencies, and makes it their parent. */
export function setDependencies(chart: ResolvedChart, dependencies: ResolvedChart[]): void {
  for (const dependency of dependencies) dependency.parent = chart;
  chart.dependencies = dependencies;
}

/** `chart`, or `chart/charts/sub`: where Helm says that a chart's files are. */
export function fullPathOf(chart: ResolvedChart): string {
  const { name } = chart.metadata;
  return chart.parent === undefined ? name : `${fullPathOf(chart.parent)}/charts/${name}`;
}

/** A copy of metadata with dependencies of its own. */
export function copyMetadata(metadata: ChartMetadata | ResolvedMetadata): ResolvedMetadata {
  return { ...metadata, dependencies: metadata.dependencies.map((dependency) => ({ ...dependency })) };
}
