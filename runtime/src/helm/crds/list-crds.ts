import { resolveDependencies, type Chart, type ChartCrd, type HelmDialect, type Values } from "@eddy/helm";

type ResolvedChart = Pick<Chart, "files"> & {
  readonly metadata: { readonly name: string };
  readonly dependencies: readonly ResolvedChart[];
};

/**
 * The definitions in `crds/` of a chart and of those dependencies that the values enable, a chart's before its dependencies'. Pure.
 * @throws HelmError (terminal) where a sub-chart's values are no table. Source: Helm `Chart.CRDObjects`.
 */
export function listCrds(chart: Chart, values: Values, dialect: HelmDialect): ChartCrd[] {
  return collect(resolveDependencies(chart, values, { dialect }), "");
}

function collect({ metadata, files, dependencies }: ResolvedChart, parent: string): ChartCrd[] {
  const path = parent === "" ? metadata.name : `${parent}/charts/${metadata.name}`;
  const own = files
    .filter(({ name }) => name.startsWith("crds/") && /\.(ya?ml|json)$/.test(name))
    .map(({ name, data }) => ({ name, path: `${path}/${name}`, content: new TextDecoder().decode(data) }));
  return [...own, ...dependencies.flatMap((dependency) => collect(dependency, path))];
}
