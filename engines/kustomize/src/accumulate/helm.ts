import { KustomizeError } from "../error.ts";
import type { Loader } from "../load/loader.ts";
import type { HelmChartRenderer } from "../options.ts";

/** The manifests of one entry of `helmCharts`. @throws KustomizeError where no renderer was given */
export function renderHelmChart(
  entry: Readonly<Record<string, unknown>>,
  loader: Loader,
  helm: HelmChartRenderer | undefined,
  file: string,
): string {
  if (helm !== undefined) return helm.render(entry, loader.context.files.tree, loader.root);
  throw new KustomizeError(
    `render the chart "${typeof entry["name"] === "string" ? entry["name"] : ""}": helmCharts need engines/helm, which this build was not given`,
    { position: { file, field: "helmCharts" }, hint: "build with Helm enabled, or use a HelmRelease" },
  );
}
