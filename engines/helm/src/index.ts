/**
 * Helm charts in TypeScript: loads, merges values, decides dependencies, renders and orders manifests, byte for byte as Helm 3.22 and
 * Helm 4.3 do.
 *
 * Not a client: releases are installed by `runtime/src/helm`. Entry points: `loadChart`, {@link renderChart}.
 */
export { defaultCapabilities, parseKubeVersion } from "./capabilities.ts";
export type {
  Chart,
  ChartDependency,
  ChartFile,
  ChartLock,
  ChartMaintainer,
  ChartMetadata,
  ImportValue,
} from "./chart/chart.ts";
export { checkInstallable } from "./chart/check-chart.ts";
export { type ChartLimits, defaultChartLimits } from "./chart/limits.ts";
export { loadChartArchive } from "./chart/load-chart-archive.ts";
export { loadChart, type LoadChartOptions } from "./chart/load-chart.ts";
export { resolveDependencies, type ResolveDependenciesOptions } from "./dependencies/resolve-dependencies.ts";
export type { HelmDialect, HelmVersion } from "./dialect.ts";
export { HelmError, type HelmErrorOptions } from "./error.ts";
export { createKustomizeCharts, type KustomizeChartsOptions } from "./kustomize/kustomize-charts.ts";
export { lintChart, type LintChartOptions } from "./lint/lint-chart.ts";
export { formatLintMessage, type LintMessage, type LintSeverity } from "./lint/linter.ts";
export { type KindOrder, sortByKind } from "./manifest/kind-order.ts";
export { listCrds } from "./manifest/list-crds.ts";
export type { ChartCrd, Hook, HookEvent, Manifest, ManifestHead } from "./manifest/manifest.ts";
export { withDependency, withName, withValues, withVersion } from "./package/change-chart.ts";
export { missingDependencies } from "./package/missing-dependencies.ts";
export { readArchiveMetadata, readChartMetadata } from "./package/read-chart-metadata.ts";
export { dependencyDigest } from "./dependencies/dependency-digest.ts";
export { formatLock, formatMetadata, saveChart } from "./package/save-chart.ts";
export { printTemplate, type PrintTemplateOptions } from "./manifest/print-template.ts";
export { sortManifests, type SortedManifests, type SortManifestsOptions } from "./manifest/sort-manifests.ts";
export { splitManifests } from "./manifest/split-manifests.ts";
export type {
  Capabilities,
  KubeVersion,
  LookupPort,
  PostRenderer,
  PostRenderStrategy,
  ReleaseIdentity,
  RenderBudget,
  RenderedRelease,
  RenderOptions,
} from "./render/options.ts";
export {
  decideChart,
  renderChart,
  type RenderedTemplates,
  renderTemplates,
  sortRelease,
} from "./render/render-chart.ts";
export { generatedName, nameFromTemplate } from "./render/release-name.ts";
export { defaultRenderBudget } from "./render/render-files.ts";
export {
  defaultIndexLimits,
  findChart,
  indexUrl,
  normalizeRepositoryUrl,
  parseIndex,
  resolveChartUrl,
  selectVersion,
  type ChartVersion,
  type IndexLimits,
  type ParsedIndex,
  type VersionCandidate,
} from "./repository/index.ts";
export { coalesceTables, coalesceValues, type CoalesceOptions } from "./values/coalesce.ts";
export { mergeMaps, readValues } from "./values/read-values.ts";
export { setFileValues, setJsonValues, setLiteralValues, setStringValues, setValues } from "./values/set-values.ts";
export { validateValues, type ValidateValuesOptions } from "./schema/validate-values.ts";
export type { Value, Values } from "./values/values.ts";
