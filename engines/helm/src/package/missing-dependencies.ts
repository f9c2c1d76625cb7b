import type { Chart, ChartDependency } from "../chart/chart.ts";

/**
 * Dependencies that the chart asks for and does not vendor, under the names that they are to have. A lock takes precedence over what
 * Chart.yaml says. Source: source-controller internal/helm/chart `DependencyManager.Build`.
 */
export function missingDependencies(chart: Chart): ReadonlyMap<string, ChartDependency> {
  const wanted = chart.lock?.dependencies ?? chart.metadata.dependencies;
  const missing = new Map<string, ChartDependency>();
  if (wanted.length === chart.dependencies.length) return missing;
  for (const dependency of wanted) {
    const name = dependency.alias === "" ? dependency.name : dependency.alias;
    if (!chart.dependencies.some(({ metadata }) => metadata.name === name)) missing.set(name, dependency);
  }
  return missing;
}
