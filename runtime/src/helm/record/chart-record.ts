import type { Chart, ChartDependency, ChartFile, ChartMetadata } from "@eddy/helm";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { noTime } from "./go-time.ts";
import type { StoredChart, StoredChartMetadata, StoredFile } from "./release.ts";

/**
 * The chart as Helm keeps it in a release: without sub-charts, empty fields left out or null as Go leaves them.
 * Source: Helm `chart/v2/chart.go`.
 */
export function storeChart(chart: Chart): StoredChart {
  const { metadata, lock, templates, values, schema, files } = chart;
  return {
    metadata: storeMetadata(metadata),
    lock: lock
      ? { generated: lock.generated, digest: lock.digest, dependencies: lock.dependencies.map(storeDependency) }
      : null,
    templates: storeFiles(templates),
    values: Object.keys(values).length === 0 ? null : values,
    schema: schema ? Buffer.from(schema).toString("base64") : null,
    // Helm 4 always writes it; without a file it is Go's zero time.
    schemamodtime: noTime,
    files: storeFiles(files),
  };
}

function storeFiles(files: readonly ChartFile[]): StoredFile[] | null {
  if (files.length === 0) return null;
  return files.map(({ name, data }) => ({ name, data: Buffer.from(data).toString("base64") }));
}

function storeMetadata({ dependencies, maintainers, ...fields }: ChartMetadata): StoredChartMetadata {
  const entries = maintainers.map((maintainer): Json => (maintainer ? withoutEmpty({ ...maintainer }) : null));
  return withoutEmpty({
    ...(fields as unknown as JsonObject),
    maintainers: entries,
    dependencies: dependencies.map(storeDependency),
  }) as StoredChartMetadata;
}

function storeDependency({ name, repository, importValues, ...fields }: ChartDependency): JsonObject {
  const rest = { ...(fields as unknown as JsonObject), "import-values": importValues as Json[] };
  return { name, repository, ...withoutEmpty(rest) };
}

function withoutEmpty(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value)));
}

function isEmpty(value: Json): boolean {
  if (value === null || value === "" || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** A stored chart as an engine's, for what needs its values and metadata; it has no sub-charts, which Helm does not keep either. */
export function restoreChart({ metadata, templates, values, schema, files }: StoredChart): Chart {
  return {
    metadata: restoreMetadata(metadata ?? {}),
    templates: restoreFiles(templates),
    values: values ?? {},
    ...(schema ? { schema: Buffer.from(schema, "base64") } : {}),
    files: restoreFiles(files),
    raw: [],
    dependencies: [],
  };
}

function restoreFiles(files: readonly StoredFile[] | null): ChartFile[] {
  return (files ?? []).map(({ name, data }) => ({ name, data: Buffer.from(data ?? "", "base64") }));
}

const noMetadata: ChartMetadata = {
  name: "",
  home: "",
  sources: [],
  version: "",
  description: "",
  keywords: [],
  maintainers: [],
  icon: "",
  apiVersion: "",
  condition: "",
  tags: "",
  appVersion: "",
  deprecated: false,
  annotations: {},
  kubeVersion: "",
  dependencies: [],
  type: "",
};

function restoreMetadata(metadata: StoredChartMetadata): ChartMetadata {
  const dependencies = Array.isArray(metadata["dependencies"]) ? metadata["dependencies"] : [];
  return {
    ...noMetadata,
    ...(metadata as unknown as Partial<ChartMetadata>),
    dependencies: dependencies.filter(isObject).map(restoreDependency),
  };
}

const noDependency: ChartDependency = {
  name: "",
  version: "",
  repository: "",
  condition: "",
  tags: [],
  enabled: false,
  importValues: [],
  alias: "",
};

function restoreDependency(stored: JsonObject): ChartDependency {
  const { "import-values": importValues, ...fields } = stored;
  return {
    ...noDependency,
    ...(fields as unknown as Partial<ChartDependency>),
    importValues: Array.isArray(importValues) ? importValues : [],
  };
}
