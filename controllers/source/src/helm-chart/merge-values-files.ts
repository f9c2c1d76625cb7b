import { posix } from "node:path";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { mergeMaps, readValues, type Chart, type Values } from "@eddy/helm";
import { rootedPath } from "../trees/rooted-path.ts";

/** Values of several files as one, and of which files they are. */
export interface MergedValues {
  readonly values: Values;
  readonly files: readonly string[];
}

/** The files that change a chart: its own values.yaml alone does not. Source: source-controller `BuildOptions.GetValuesFiles`. */
export function changingFiles(files: readonly string[]): readonly string[] {
  const [only] = files;
  return files.length === 1 && only !== undefined && posix.normalize(only) === "values.yaml" ? [] : files;
}

/**
 * Values files of a source, by paths from its root. Source: source-controller `mergeFileValues`.
 * @throws Error in upstream's words for a file that is not there (unless `ignoreMissing`) or that cannot be read
 */
export function mergeTreeValues(tree: FileTree, paths: readonly string[], ignoreMissing: boolean): MergedValues {
  return merge(paths, (path) => {
    const rooted = rootedPath(path);
    const content = tree.read(rooted);
    if (content) return read(path, content);
    if (ignoreMissing && tree.kindOf(rooted) === undefined) return undefined;
    throw new Error(`no values file found at path '/${rooted}' (reference '${path}')`);
  });
}

/**
 * Values files of a chart, by paths within it. Source: source-controller `mergeChartValues`.
 * @throws as {@link mergeTreeValues}
 */
export function mergeChartValues(chart: Chart, paths: readonly string[], ignoreMissing: boolean): MergedValues {
  return merge(paths, (path) => {
    const rooted = rootedPath(path);
    if (rooted === "values.yaml") return chart.values;
    const file = chart.files.find(({ name }) => name === rooted);
    if (file) return read(path, file.data);
    if (ignoreMissing) return undefined;
    throw new Error(`no values file found at path '${path}'`);
  });
}

function merge(paths: readonly string[], valuesOf: (path: string) => Values | undefined): MergedValues {
  let values: Values = {};
  const files: string[] = [];
  for (const path of paths) {
    const more = valuesOf(path);
    if (!more) continue;
    values = mergeMaps(values, more);
    files.push(path);
  }
  return { values, files };
}

function read(path: string, content: Uint8Array): Values {
  try {
    return readValues(Buffer.from(content).toString("utf8"), "helm3", path);
  } catch (cause) {
    throw new Error(`unmarshaling values from '${path}' failed: ${messageOf(cause)}`, { cause });
  }
}
