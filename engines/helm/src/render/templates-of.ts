import { type GoMap, tag } from "@eddy/gotemplate";
import { fullPathOf, type ResolvedChart } from "../dependencies/resolved-chart.ts";
import type { HelmDialect } from "../dialect.ts";
import { chartObject } from "./chart-object.ts";
import { filesObject } from "./files-type.ts";
import { valuesType, viewAs } from "./values-object.ts";

/** One template of a chart or sub-chart, and the dot that it is run with. */
export interface ChartTemplate {
  /** Like `chart/charts/sub/templates/a.yaml`. */
  readonly path: string;
  readonly data: Uint8Array;
  readonly dot: GoMap;
  /** Like `chart/charts/sub/templates`. */
  readonly basePath: string;
}

/** `.Values`, `.Release` and `.Capabilities` of the chart that is rendered. */
export interface TopObjects {
  readonly Values: GoMap;
  readonly Release: GoMap;
  readonly Capabilities: unknown;
}

/**
 * All templates of a chart and its dependencies by path, each chart with a dot of its own. Source: Helm `allTemplates`.
 */
export function templatesOf(chart: ResolvedChart, top: TopObjects, dialect: HelmDialect): Map<string, ChartTemplate> {
  const templates = new Map<string, ChartTemplate>();
  collect(chart, top.Values, top, dialect, templates);
  return templates;
}

function collect(
  chart: ResolvedChart,
  values: GoMap,
  top: TopObjects,
  dialect: HelmDialect,
  templates: Map<string, ChartTemplate>,
): GoMap {
  const subcharts: GoMap = {};
  const dot: GoMap = tag(
    {
      Chart: chartObject(chart, dialect),
      Files: filesObject(chart.files),
      Release: top.Release,
      Capabilities: top.Capabilities,
      Values: values,
      Subcharts: subcharts,
    },
    valuesType(dialect),
  );
  for (const sub of chart.dependencies) {
    const { name } = sub.metadata;
    subcharts[name] = collect(sub, valuesOf(sub, values, dialect), top, dialect, templates);
  }
  const path = fullPathOf(chart);
  for (const { name, data } of chart.templates) {
    if (!isRendered(chart, name)) continue;
    const full = `${path}/${name}`;
    templates.set(full, { path: full, data, dot, basePath: `${path}/templates` });
  }
  return dot;
}

function valuesOf(sub: ResolvedChart, parent: GoMap, dialect: HelmDialect): GoMap {
  // A sub-chart that is its own root cannot be: its parent is what upstream remembers.
  let table: unknown = parent;
  for (const step of sub.metadata.name.split(".")) {
    table = typeof table === "object" && table !== null ? (table as GoMap)[step] : undefined;
  }
  const isTable = typeof table === "object" && table !== null && !Array.isArray(table);
  return isTable ? viewAs(table as GoMap, valuesType(dialect)) : tag({}, valuesType(dialect));
}

/** Of a library chart only partials. */
function isRendered({ metadata }: ResolvedChart, name: string): boolean {
  return metadata.type.toLowerCase() !== "library" || name.slice(name.lastIndexOf("/") + 1).startsWith("_");
}

/**
 * Paths in the order in which Helm parses and runs them: the deepest first, and of one depth from the last name to the first.
 * Source: Helm `sortTemplates`.
 */
export function executionOrder(paths: Iterable<string>): string[] {
  const depth = (path: string): number => path.split("/").length;
  return [...paths].sort((left, right) => {
    const levels = depth(right) - depth(left);
    if (levels !== 0) return levels;
    return left < right ? 1 : left > right ? -1 : 0;
  });
}
