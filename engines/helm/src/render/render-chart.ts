import { messageOf } from "@eddy/core/errors";
import type { Chart } from "../chart/chart.ts";
import { defaultCapabilities } from "../capabilities.ts";
import { isCompatibleRange, resolveDependencies } from "../dependencies/resolve-dependencies.ts";
import type { ResolvedChart } from "../dependencies/resolved-chart.ts";
import type { HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import { crdsOf } from "../manifest/list-crds.ts";
import type { ChartCrd } from "../manifest/manifest.ts";
import { formatManifest } from "../manifest/format-manifest.ts";
import { validateValues } from "../schema/validate-values.ts";
import { coalesceValues } from "../values/coalesce.ts";
import type { Values } from "../values/values.ts";
import type { Capabilities, RenderedRelease, RenderOptions } from "./options.ts";
import { postRender } from "./post-render.ts";
import { renderFiles } from "./render-files.ts";
import { takeNotes } from "./take-notes.ts";

/**
 * Renders a chart as `helm template`, `install` and `upgrade` do. The chart is not changed; its parsed templates are kept with it, so
 * that the same chart renders faster the second time.
 * @throws HelmError (terminal) with Helm's message, and template and line as far as known
 */
export function renderChart(chart: Chart, options: RenderOptions): RenderedRelease {
  return sortRelease(renderTemplates(chart, options), options);
}

/** The texts of a chart's templates, before they are split into documents. Plain data: a worker can send it. */
export interface RenderedTemplates {
  /** The chart with its dependencies decided. */
  readonly chart: Chart;
  readonly crds: readonly ChartCrd[];
  /** By path; partials and notes are not in it. */
  readonly files: ReadonlyMap<string, string>;
  readonly notes: string;
  readonly warnings: readonly string[];
}

/**
 * The first half of {@link renderChart}: everything but the post-renderer and the order.
 * @throws HelmError (terminal) with Helm's message, and template and line as far as known
 */
export function renderTemplates(chart: Chart, options: RenderOptions): RenderedTemplates {
  const { dialect = "helm4" } = options;
  const capabilities = options.capabilities ?? defaultCapabilities(dialect);
  const { warnings, onWarning } = warningsOf(options);
  const resolved = resolve(chart, options.values ?? {}, dialect, onWarning);
  const values = coalesceValues(resolved, options.values ?? {}, { dialect, onWarning });
  if (options.skipSchemaValidation !== true)
    validateValues(resolved, values, { remoteSchema: options.remoteSchema, onWarning });
  checkKubeVersion(resolved, capabilities, dialect);
  const files = renderFiles({ chart, resolved, values, capabilities, dialect }, options);
  const notes = takeNotes(files, resolved.metadata.name, options.subNotes ?? false);
  return { chart: chartOf(resolved), crds: crdsOf(resolved), files, notes, warnings };
}

/**
 * The second half of {@link renderChart}: post-rendering, documents, hooks, order.
 * @throws HelmError (terminal) `YAML parse error on <path>: …`, and what the post-renderer throws
 */
export function sortRelease(rendered: RenderedTemplates, options: RenderOptions): RenderedRelease {
  const { chart, crds, notes } = rendered;
  const { warnings, onWarning } = warningsOf(options);
  const { manifests, hooks, text } = postRender(rendered.files, {
    ...options,
    dialect: options.dialect ?? "helm4",
    onWarning,
  });
  const manifest = text ?? formatManifest(manifests);
  return { chart, manifests, hooks, crds, notes, manifest, warnings: [...rendered.warnings, ...warnings] };
}

/**
 * What of {@link renderTemplates} needs no template: the chart with its dependencies decided, and its CRDs.
 * @throws HelmError (terminal) where a sub-chart's values are no table
 */
export function decideChart(
  chart: Chart,
  options: Pick<RenderOptions, "values" | "dialect">,
): Pick<RenderedTemplates, "chart" | "crds"> {
  const resolved = resolve(chart, options.values ?? {}, options.dialect ?? "helm4", () => undefined);
  return { chart: chartOf(resolved), crds: crdsOf(resolved) };
}

function warningsOf(options: RenderOptions): { warnings: string[]; onWarning: (message: string) => void } {
  const warnings: string[] = [];
  return {
    warnings,
    onWarning: (message) => {
      warnings.push(message);
      options.onWarning?.(message);
    },
  };
}

function resolve(
  chart: Chart,
  values: Values,
  dialect: HelmDialect,
  onWarning: (message: string) => void,
): ResolvedChart {
  try {
    return resolveDependencies(chart, values, { dialect, onWarning });
  } catch (cause) {
    if (dialect === "helm3" || !(cause instanceof HelmError)) throw cause;
    throw new HelmError(`chart dependencies processing failed: ${messageOf(cause)}`, { cause });
  }
}

function checkKubeVersion({ metadata }: ResolvedChart, { kubeVersion }: Capabilities, dialect: HelmDialect): void {
  const { kubeVersion: range } = metadata;
  const { version, normalized = version } = kubeVersion;
  if (range === "" || isCompatibleRange(range, normalized)) return;
  const shown = dialect === "helm3" ? normalized : version;
  throw new HelmError(`chart requires kubeVersion: ${range} which is incompatible with Kubernetes ${shown}`);
}

/** Without the parents, which are nobody's business. */
function chartOf(resolved: ResolvedChart): Chart {
  const { metadata, values, templates, files, raw, lock, schema } = resolved;
  return {
    metadata,
    values,
    templates,
    files,
    raw,
    dependencies: resolved.dependencies.map(chartOf),
    ...(lock === undefined ? {} : { lock }),
    ...(schema === undefined ? {} : { schema }),
  };
}
