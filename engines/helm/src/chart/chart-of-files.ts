import { messageOf } from "@eddy/core/errors";
import { decodeYaml } from "../decode/decode-value.ts";
import type { HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import { readValues } from "../values/read-values.ts";
import type { Values } from "../values/values.ts";
import type { Chart, ChartFile, ChartLock, ChartMetadata } from "./chart.ts";
import { defaultChartLimits } from "./limits.ts";
import type { LoadChartOptions } from "./load-chart.ts";
import { archiveFiles } from "./load-chart-archive.ts";
import { lockType, metadataType } from "./metadata-type.ts";
import { lockOf, metadataOf } from "./read-metadata.ts";
import { validateMetadata } from "./validate-metadata.ts";

/**
 * A chart of files that are in memory already, their names relative to the chart's folder. Source: Helm `loader.LoadFiles`.
 * @throws HelmError (terminal) in Helm's words
 */
export function chartOfFiles(files: readonly ChartFile[], options: LoadChartOptions = {}, depth = 0): Chart {
  const maxDepth = options.limits?.maxDepth ?? defaultChartLimits.maxDepth;
  if (depth > maxDepth) throw new HelmError(`load chart: charts are nested more than ${maxDepth} deep`);
  const parts = sortFiles(files, options);
  if (parts.metadata === undefined) throw new HelmError("Chart.yaml file is missing");
  const metadata = validateMetadata(parts.metadata);
  const dependencies = [...parts.subcharts].flatMap(([name, its]) => {
    return loadDependency(name, its, metadata.name, options, depth) ?? [];
  });
  return {
    metadata,
    ...(parts.lock === undefined ? {} : { lock: parts.lock }),
    templates: parts.templates,
    values: parts.values ?? {},
    ...(parts.schema === undefined ? {} : { schema: parts.schema }),
    files: parts.files,
    raw: files,
    dependencies,
  };
}

interface Parts {
  metadata?: ChartMetadata;
  lock?: ChartLock;
  values?: Values;
  schema?: Uint8Array;
  readonly templates: ChartFile[];
  readonly files: ChartFile[];
  readonly subcharts: Map<string, ChartFile[]>;
}

function sortFiles(files: readonly ChartFile[], options: LoadChartOptions): Parts {
  const parts: Parts = { templates: [], files: [], subcharts: new Map() };
  for (const file of files) {
    if (file.name === "Chart.yaml") readChartYaml(parts, file, options.dialect ?? "helm4");
  }
  for (const file of files) addFile(parts, file, options);
  return parts;
}

function readChartYaml(parts: Parts, file: ChartFile, dialect: HelmDialect): void {
  const read = reading("Chart.yaml", () => metadataOf(decodeYaml(textOf(file), metadataType(dialect), "Chart.yaml")));
  parts.metadata = { ...read, apiVersion: read.apiVersion === "" ? "v1" : read.apiVersion };
}

function textOf(file: ChartFile): string {
  return Buffer.from(file.data).toString("utf8");
}

function reading<T>(file: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const position = cause instanceof HelmError ? { ...cause.position, file } : { file };
    throw new HelmError(`cannot load ${file}: ${messageOf(cause)}`, { cause, position });
  }
}

function addFile(parts: Parts, file: ChartFile, options: LoadChartOptions): void {
  const { name } = file;
  const dialect = options.dialect ?? "helm4";
  if (name === "Chart.yaml") return;
  if (name === "Chart.lock") parts.lock = readLock(file, dialect);
  else if (name === "values.yaml") parts.values = reading(name, () => readValues(textOf(file), dialect, "values.yaml"));
  else if (name === "values.schema.json") parts.schema = file.data;
  else if (name === "requirements.yaml" || name === "requirements.lock") addRequirements(parts, file, options);
  else if (name.startsWith("templates/")) parts.templates.push(file);
  else if (name.startsWith("charts/") && !name.endsWith(".prov")) addSubchart(parts, file);
  else parts.files.push(file);
}

function readLock(file: ChartFile, dialect: HelmDialect): ChartLock {
  return reading(file.name, () => lockOf(decodeYaml(textOf(file), lockType(dialect), file.name)));
}

/** Of a v1 chart; a v2 chart has them in Chart.yaml, but what stands here counts all the same. */
function addRequirements(parts: Parts, file: ChartFile, options: LoadChartOptions): void {
  const dialect = options.dialect ?? "helm4";
  const isLock = file.name === "requirements.lock";
  const isV1 = parts.metadata?.apiVersion === "v1";
  if (!isV1) {
    options.onWarning?.(
      isLock
        ? `Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.`
        : `Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.`,
    );
  }
  if (isLock) parts.lock = readLock(file, dialect);
  else if (parts.metadata !== undefined) {
    const read = reading(file.name, () => decodeYaml(textOf(file), metadataType(dialect), file.name));
    const added = metadataOf(read) as unknown as Record<string, unknown>;
    const present = Object.keys(read).map((key) => [key, added[key]]);
    parts.metadata = { ...parts.metadata, ...Object.fromEntries(present) };
  }
  if (isV1) parts.files.push(file);
}

function addSubchart(parts: Parts, file: ChartFile): void {
  const name = file.name.slice("charts/".length);
  const [folder = ""] = name.split("/", 1);
  const its = parts.subcharts.get(folder);
  const inside = { name, data: file.data };
  if (its === undefined) parts.subcharts.set(folder, [inside]);
  else its.push(inside);
}

function loadDependency(
  name: string,
  files: readonly ChartFile[],
  parent: string,
  options: LoadChartOptions,
  depth: number,
): Chart | undefined {
  if (name.startsWith("_") || name.startsWith(".")) return undefined;
  try {
    if (!name.endsWith(".tgz")) {
      const inside = files.flatMap((file) =>
        file.name.includes("/") ? [{ name: file.name.slice(name.length + 1), data: file.data }] : [],
      );
      return chartOfFiles(inside, options, depth + 1);
    }
    const [archive] = files;
    if (archive === undefined || archive.name !== name)
      throw new HelmError(`error unpacking subchart tar in ${parent}: expected ${name}, got ${archive?.name}`);
    return chartOfFiles(archiveFiles(archive.data, { ...defaultChartLimits, ...options.limits }), options, depth + 1);
  } catch (cause) {
    const position = cause instanceof HelmError ? (cause.position ?? {}) : {};
    throw new HelmError(`error unpacking subchart ${name} in ${parent}: ${messageOf(cause)}`, { cause, position });
  }
}
