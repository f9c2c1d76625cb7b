import { joinPath, type FileTree } from "@eddy/core/tree";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { cloneJson, valueAt } from "@eddy/core/object";
import { defaultCapabilities } from "../capabilities.ts";
import type { Chart } from "../chart/chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import { loadYaml } from "../decode/decode-value.ts";
import { resolveDependencies } from "../dependencies/resolve-dependencies.ts";
import type { HelmDialect } from "../dialect.ts";
import { loadDocuments } from "@eddy/goyaml";
import { listCrds } from "../manifest/list-crds.ts";
import type { KubeVersion, RenderBudget } from "../render/options.ts";
import { renderFiles } from "../render/render-files.ts";
import { validateOneSchema, validateValues } from "../schema/validate-values.ts";
import { coalesceTables, coalesceValues } from "../values/coalesce.ts";
import { toFloats } from "../values/read-values.ts";
import type { Values } from "../values/values.ts";
import { Linter, type LintMessage } from "./linter.ts";
import { lintMetadata } from "./lint-metadata.ts";
import { lintRendered } from "./lint-objects.ts";

/** Options of {@link lintChart}. */
export interface LintChartOptions {
  readonly dialect?: HelmDialect;
  readonly values?: Values;
  readonly namespace?: string;
  readonly kubeVersion?: KubeVersion;
  readonly skipSchemaValidation?: boolean;
  /** The folder as a person named it, for findings about the whole chart. */
  readonly shownPath?: string;
  readonly budget?: Partial<RenderBudget>;
}

/**
 * Examines the chart in the folder `path` of a tree. Never throws for what is wrong with the chart: that is what it finds.
 * Source: Helm `lint.RunAll`.
 */
export function lintChart(tree: FileTree, path: string, options: LintChartOptions = {}): LintMessage[] {
  const { dialect = "helm4", shownPath = path } = options;
  const linter = new Linter();
  const read = (name: string): string | undefined => {
    const bytes = tree.read(joinPath(path, name) ?? "");
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  };
  lintMetadata(linter, read("Chart.yaml") ?? "", dialect);
  lintValues(linter, read, options);
  const hasTemplates = tree.list(joinPath(path, "templates") ?? "") !== undefined;
  if (linter.check("WARNING", "templates/", hasTemplates ? undefined : "directory does not exist")) {
    const chart = linter.attempt("ERROR", "templates/", () => loadChart(tree, path, { dialect }));
    if (chart !== undefined) lintTemplates(linter, chart, options);
  }
  const chart = linter.attempt("ERROR", "", () => loadChart(tree, path, { dialect }), "unable to load chart\n\t");
  if (chart !== undefined) lintDependencies(linter, chart, shownPath);
  if (chart !== undefined && tree.list(joinPath(path, "crds") ?? "") !== undefined) lintCrds(linter, chart);
  return linter.messages;
}

function lintValues(linter: Linter, read: (name: string) => string | undefined, options: LintChartOptions): void {
  const file = "values.yaml";
  const text = read(file);
  if (!linter.check("INFO", file, text === undefined ? "file does not exist" : undefined)) return;
  const own = linter.attempt("ERROR", file, () => tableOf(loadYaml(text ?? "")), "unable to parse YAML: ");
  const schema = read("values.schema.json");
  if (own === undefined || schema === undefined || schema === "" || options.skipSchemaValidation === true) return;
  const values = coalesceTables(coalesceTables({}, cloneJson(options.values ?? {})), own);
  linter.check("ERROR", file, validateOneSchema(Buffer.from(schema), values));
}

function tableOf(value: Json): Values {
  return isObject(value) ? (toFloats(value) as Values) : {};
}

function lintTemplates(linter: Linter, chart: Chart, options: LintChartOptions): void {
  const { dialect = "helm4", values = {}, namespace = "default" } = options;
  const base = defaultCapabilities(dialect);
  const kubeVersion = options.kubeVersion ?? base.kubeVersion;
  const files = linter.attempt("ERROR", "templates/", () => {
    const resolved = resolveDependencies(chart, values, { dialect });
    const coalesced = coalesceValues(resolved, coalesceValues(resolved, values, { dialect }), { dialect });
    if (options.skipSchemaValidation !== true) validateValues(resolved, coalesced);
    const capabilities = { ...base, kubeVersion };
    const release = { name: "test-release", namespace, revision: 0, isInstall: false };
    return renderFiles(
      { chart, resolved, values: coalesced, capabilities, dialect },
      { release, lint: true, ...(options.budget === undefined ? {} : { budget: options.budget }) },
    );
  });
  if (files === undefined) return;
  for (const { name } of chart.templates) {
    linter.check("ERROR", name, extensionProblem(name));
    if (!/\.ya?ml$/i.test(name)) continue;
    if (!lintRendered(linter, name, files.get(`${chart.metadata.name}/${name}`) ?? "", kubeVersion)) return;
  }
}

function extensionProblem(name: string): string | undefined {
  const dot = name.slice(name.lastIndexOf("/") + 1).lastIndexOf(".");
  const extension = dot < 0 ? "" : name.slice(name.lastIndexOf("."));
  if ([".yaml", ".yml", ".tpl", ".txt"].includes(extension)) return undefined;
  return `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`;
}

function lintDependencies(linter: Linter, { metadata, dependencies }: Chart, shownPath: string): void {
  const present = dependencies.map((dependency) => dependency.metadata.name);
  const named = metadata.dependencies.map(({ name }) => name);
  const unnamed = present.filter((name) => !named.includes(name));
  const missing = named.filter((name) => !present.includes(name));
  if (unnamed.length > 0)
    linter.check("ERROR", shownPath, `chart metadata is missing these dependencies: ${unnamed.join(",")}`);
  if (missing.length > 0)
    linter.check("WARNING", shownPath, `chart directory is missing these dependencies: ${missing.join(",")}`);
}

function lintCrds(linter: Linter, chart: Chart): void {
  for (const { name, content } of listCrds(chart)) {
    const documents = linter.attempt("ERROR", name, () => loadDocuments(content), "unable to parse YAML: ");
    if (documents === undefined) return;
    for (const { value } of documents) lintCrd(linter, name, value as JsonObject);
  }
}

function lintCrd(linter: Linter, path: string, object: JsonObject): void {
  const apiVersion = valueAt(object, "apiVersion");
  const isCrdGroup = typeof apiVersion === "string" && apiVersion.startsWith("apiextensions.k8s.io");
  linter.check("ERROR", path, isCrdGroup ? undefined : "apiVersion is not in 'apiextensions.k8s.io'");
  const isCrd = valueAt(object, "kind") === "CustomResourceDefinition";
  linter.check("ERROR", path, isCrd ? undefined : "object kind is not 'CustomResourceDefinition'");
}
