import { gzipSync } from "node:zlib";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { dump } from "@eddy/goyaml";
import type { Chart, ChartDependency, ChartLock, ChartMetadata } from "../chart/chart.ts";
import { validateMetadata } from "../chart/validate-metadata.ts";
import { HelmError } from "../error.ts";

const fileMode = 0o644;

/**
 * The chart as a `.tgz`, with its dependencies as folders in `charts/`. Unlike Helm's, entries have no times: the same chart gives
 * the same bytes. Source: Helm `chartutil.Save`.
 * @throws HelmError (terminal) in Helm's words
 */
export function saveChart(chart: Chart): Buffer {
  try {
    validateMetadata(chart.metadata);
  } catch (cause) {
    throw new HelmError(`chart validation: ${(cause as Error).message}`, { cause });
  }
  return gzipSync(Buffer.concat([...contentsOf(chart, ""), tarEnd]));
}

/** Chart.yaml of this metadata, its dependencies included. */
export function formatMetadata(metadata: ChartMetadata): string {
  return dump({
    ...metadataJson(metadata),
    ...(metadata.dependencies.length === 0 ? {} : { dependencies: metadata.dependencies.map(dependencyJson) }),
  });
}

/** Chart.lock of a lock. */
export function formatLock(lock: ChartLock): string {
  return dump(lockJson(lock));
}

function* contentsOf(chart: Chart, prefix: string): Generator<Uint8Array> {
  const { metadata, lock, schema } = chart;
  if (metadata.name.includes("/")) throw new HelmError(`"${metadata.name}" is not a valid chart name`);
  const base = `${prefix}${metadata.name}`;
  yield* file(`${base}/Chart.yaml`, dump(metadataJson(metadata)));
  if (metadata.apiVersion === "v2" && lock !== undefined) yield* file(`${base}/Chart.lock`, dump(lockJson(lock)));
  for (const { name, data } of chart.raw) if (name === "values.yaml") yield* file(`${base}/${name}`, data);
  if (schema !== undefined) yield* file(`${base}/values.schema.json`, checkedJson(schema));
  for (const { name, data } of [...chart.templates, ...chart.files]) yield* file(`${base}/${name}`, data);
  for (const dependency of chart.dependencies) yield* contentsOf(dependency, `${base}/charts/`);
}

function* file(path: string, content: string | Uint8Array): Generator<Uint8Array> {
  const data = typeof content === "string" ? Buffer.from(content) : content;
  yield encodeTarHeader({ path, kind: "file", executable: false, size: data.length, mode: fileMode });
  yield data;
  yield Buffer.alloc(tarPadding(data.length));
}

function checkedJson(schema: Uint8Array): Uint8Array {
  try {
    JSON.parse(Buffer.from(schema).toString("utf8"));
    return schema;
  } catch (cause) {
    throw new HelmError("invalid JSON in values.schema.json", { cause });
  }
}

/** What Go leaves out because it is empty is left out. */
function metadataJson(metadata: ChartMetadata): JsonObject {
  const { dependencies, maintainers, ...rest } = metadata;
  return present({
    ...rest,
    maintainers: maintainers.map((maintainer) => (maintainer === null ? null : present({ ...maintainer }))),
    dependencies: metadata.apiVersion === "v1" ? [] : dependencies.map(dependencyJson),
  });
}

function lockJson({ generated, digest, dependencies }: ChartLock): JsonObject {
  return { generated, digest, dependencies: dependencies.map(dependencyJson) };
}

function dependencyJson({ name, repository, importValues, ...rest }: ChartDependency): JsonObject {
  return { name, repository, ...present({ ...rest, "import-values": importValues }) };
}

function present(fields: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value))) as JsonObject;
}

function isEmpty(value: unknown): boolean {
  if (value === "" || value === false || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value as Json) && Object.keys(value as object).length === 0;
}
