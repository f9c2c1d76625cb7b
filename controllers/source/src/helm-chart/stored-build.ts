import type { Artifact, HelmChart } from "@eddy/api";
import type { ChartBuild } from "./chart-build.ts";
import { changingFiles } from "./merge-values-files.ts";

/**
 * The build that is stored, if it is of this chart and version, and the spec is the one it was made for. Source: source-controller
 * `generateBuildResult`.
 */
export function storedBuild(
  { metadata, spec, status }: HelmChart,
  stored: Artifact | undefined,
  wanted: Pick<ChartBuild, "name" | "version" | "packaged" | "verified">,
): ChartBuild | undefined {
  const isSame = status?.observedChartName === wanted.name && stored?.revision === wanted.version;
  if (!isSame || metadata.generation !== status?.observedGeneration) return undefined;
  const valuesFiles = status?.observedValuesFiles ?? changingFiles(spec.valuesFiles ?? []);
  return { ...wanted, valuesFiles, resolvedDependencies: 0, bytes: undefined };
}
