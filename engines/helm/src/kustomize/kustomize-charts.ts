import { systemClock } from "@eddy/core/clock";
import { isObject, memberOf, type JsonObject, setMember } from "@eddy/core/json";
import { cloneJson } from "@eddy/core/object";
import { joinPath, type FileTree } from "@eddy/core/tree";
import type { HelmChartRenderer } from "@eddy/kustomize";
import { defaultCapabilities, parseKubeVersion } from "../capabilities.ts";
import { checkInstallable } from "../chart/check-chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import { type HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import { printTemplate } from "../manifest/print-template.ts";
import type { RenderBudget } from "../render/options.ts";
import { generatedName, nameFromTemplate } from "../render/release-name.ts";
import { renderChart } from "../render/render-chart.ts";
import { mergeMaps, readValues, toFloats } from "../values/read-values.ts";
import type { Values } from "../values/values.ts";

/** Options of {@link createKustomizeCharts}. */
export interface KustomizeChartsOptions {
  /** `helm4` unless given. */
  readonly dialect?: HelmDialect;
  /** Instead of what an entry says: `--helm-kube-version`. */
  readonly kubeVersion?: string;
  /** Instead of what an entry says: `--helm-api-versions`. */
  readonly apiVersions?: readonly string[];
  readonly budget?: Partial<RenderBudget>;
  /** Milliseconds since the epoch, for names that are generated; the machine's unless given. */
  readonly now?: () => number;
}

/**
 * Renders the `helmCharts` of kustomizations whose charts are in the tree: vendored below `chartHome`. Nothing is pulled.
 * Source: kustomize `HelmChartInflationGenerator`.
 */
export function createKustomizeCharts(options: KustomizeChartsOptions = {}): HelmChartRenderer {
  return { render: (entry, tree, directory) => renderEntry(readEntry(entry), tree, directory, options) };
}

interface Entry {
  readonly name: string;
  readonly version: string;
  readonly repo: string;
  readonly releaseName: string;
  readonly nameTemplate: string;
  readonly namespace: string;
  readonly chartHome: string;
  readonly valuesFile: string;
  readonly additionalValuesFiles: readonly string[];
  readonly valuesInline: JsonObject;
  readonly valuesMerge: string;
  readonly includeCrds: boolean;
  readonly skipHooks: boolean;
  readonly skipTests: boolean;
  readonly apiVersions: readonly string[];
  readonly kubeVersion: string;
}

function readEntry(entry: Readonly<Record<string, unknown>>): Entry {
  const text = (key: string): string => (typeof entry[key] === "string" ? entry[key] : "");
  const texts = (key: string): string[] =>
    Array.isArray(entry[key]) ? entry[key].filter((item) => typeof item === "string") : [];
  const inline = entry["valuesInline"];
  return {
    name: text("name"),
    version: text("version"),
    repo: text("repo"),
    releaseName: text("releaseName"),
    nameTemplate: text("nameTemplate"),
    namespace: text("namespace"),
    chartHome: text("chartHome") || "charts",
    valuesFile: text("valuesFile"),
    additionalValuesFiles: texts("additionalValuesFiles"),
    valuesInline: isObject(inline) ? (toFloats(cloneJson(inline)) as JsonObject) : {},
    valuesMerge: text("valuesMerge") || "override",
    includeCrds: entry["includeCRDs"] === true,
    skipHooks: entry["skipHooks"] === true,
    skipTests: entry["skipTests"] === true,
    apiVersions: texts("apiVersions"),
    kubeVersion: text("kubeVersion"),
  };
}

function check({ name, releaseName, valuesMerge }: Entry): void {
  if (name === "") throw new HelmError("chart name cannot be empty");
  if (releaseName.startsWith("-"))
    throw new HelmError(`releaseName must not start with '-', got ${JSON.stringify(releaseName)}`);
  if (name.startsWith("-")) throw new HelmError(`chart name must not start with '-', got ${JSON.stringify(name)}`);
  if (!["merge", "override", "replace"].includes(valuesMerge))
    throw new HelmError("valuesMerge must be one of [merge override replace]");
}

function renderEntry(entry: Entry, tree: FileTree, directory: string, options: KustomizeChartsOptions): string {
  check(entry);
  const { dialect = "helm4", now = () => systemClock.now() } = options;
  const path = chartPath(entry, tree, directory);
  const chart = loadChart(tree, path, { dialect });
  checkInstallable(chart, dialect);
  const name =
    entry.nameTemplate !== ""
      ? nameFromTemplate(entry.nameTemplate)
      : entry.releaseName || generatedName(entry.name, now());
  const base = defaultCapabilities(dialect);
  const kubeVersion = options.kubeVersion || entry.kubeVersion;
  const apiVersions = options.apiVersions?.length ? options.apiVersions : entry.apiVersions;
  const rendered = renderChart(chart, {
    dialect,
    release: { name, namespace: entry.namespace || "default" },
    values: valuesOf(entry, path, tree, directory, dialect),
    capabilities: {
      ...base,
      ...(kubeVersion === "" ? {} : { kubeVersion: parseKubeVersion(kubeVersion, dialect) }),
      apiVersions: [...base.apiVersions, ...apiVersions],
    },
    ...(options.budget === undefined ? {} : { budget: options.budget }),
  });
  const { includeCrds, skipTests, skipHooks: noHooks } = entry;
  return printTemplate(rendered, { dialect, includeCrds, skipTests, noHooks });
}

function chartPath({ name, version, repo, chartHome }: Entry, tree: FileTree, directory: string): string {
  const home = version !== "" && repo !== "" ? `${chartHome}/${name}-${version}` : chartHome;
  const path = joinPath(directory, home, name);
  if (path !== undefined && tree.list(path) !== undefined) return path;
  const where = JSON.stringify(path ?? `${home}/${name}`);
  if (repo === "") throw new HelmError(`no repo specified for pull, no chart found at ${where}`);
  throw new HelmError(`no chart found at ${where}, and none is pulled from ${repo} while building`, {
    hint: `pull it there before: helm pull ${name} --repo ${repo} --untar --untardir ${home}`,
  });
}

function valuesOf(entry: Entry, chart: string, tree: FileTree, directory: string, dialect: HelmDialect): Values {
  const read = (file: string): Values => {
    const path = joinPath(directory, file);
    const bytes = path === undefined ? undefined : tree.read(path);
    if (bytes === undefined) throw new HelmError(`could not load values file ${JSON.stringify(file)}: it is not there`);
    return readValues(Buffer.from(bytes).toString("utf8"), dialect, path);
  };
  const first = (): Values => {
    if (entry.valuesFile !== "") return read(entry.valuesFile);
    const own = tree.read(`${chart}/values.yaml`);
    return own === undefined ? {} : readValues(Buffer.from(own).toString("utf8"), dialect, `${chart}/values.yaml`);
  };
  return entry.additionalValuesFiles.reduce((values, file) => mergeMaps(values, read(file)), mergeInline(entry, first));
}

function mergeInline({ valuesInline, valuesMerge }: Entry, file: () => Values): Values {
  if (Object.keys(valuesInline).length === 0) return file();
  if (valuesMerge === "replace") return valuesInline;
  return valuesMerge === "override" ? mergeOver(file(), valuesInline) : mergeOver(valuesInline, file());
}

/** As kyaml merges: a null removes what is below, lists are replaced. */
function mergeOver(under: Values, over: Values): Values {
  const merged: Values = { ...under };
  for (const key of Object.keys(over)) {
    const value = over[key] ?? null;
    const below = memberOf(merged, key);
    if (value === null) delete merged[key];
    else setMember(merged, key, isObject(value) ? mergeOver(isObject(below) ? below : {}, value) : value);
  }
  return merged;
}
