import { gunzipSync } from "node:zlib";
import { EddyError, messageOf } from "@eddy/core/errors";
import { readTar, type TarEntry } from "@eddy/core/tar";
import { HelmError } from "../error.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { chartOfFiles } from "./chart-of-files.ts";
import { type ChartLimits, defaultChartLimits } from "./limits.ts";
import { type LoadChartOptions, withoutMark } from "./load-chart.ts";

/**
 * Loads a packed chart. Nothing is written: paths that lead elsewhere, bombs and damage are refused, links are dropped.
 * @throws HelmError (terminal) in Helm's words
 */
export function loadChartArchive(archive: Uint8Array, options: LoadChartOptions = {}): Chart {
  return chartOfFiles(archiveFiles(archive, { ...defaultChartLimits, ...options.limits }), options);
}

/** The files of a packed chart, below its folder. @throws HelmError (terminal) in Helm's words */
export function archiveFiles(archive: Uint8Array, limits: ChartLimits = defaultChartLimits): ChartFile[] {
  const files: ChartFile[] = [];
  let bytes = 0;
  for (const entry of entriesOf(inflate(archive, limits))) {
    if (entry.kind === "directory") continue;
    const name = nameOf(entry.path);
    // A link has no content of its own; Helm makes an empty file of it, which no chart can mean.
    if (entry.kind === "other") continue;
    bytes += entry.body.length;
    if (bytes > limits.maxBytes) throw tooLarge(limits);
    if (files.length >= limits.maxFiles) throw new HelmError(`load chart: it has more than ${limits.maxFiles} files`);
    files.push({ name, data: withoutMark(entry.body) });
  }
  if (files.length === 0) throw new HelmError("no files in chart archive");
  return files;
}

function tooLarge(limits: ChartLimits): HelmError {
  return new HelmError(`decompressed chart is larger than the maximum size ${limits.maxBytes}`);
}

function inflate(archive: Uint8Array, limits: ChartLimits): Buffer {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) throw new HelmError("gzip: invalid header");
  // Each file has a header and padding: a block of 512 bytes and some more.
  const maxOutputLength = limits.maxBytes + limits.maxFiles * 2048;
  try {
    return gunzipSync(archive, { maxOutputLength });
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limits);
    throw new HelmError(`gzip: ${messageOf(cause)}`, { cause });
  }
}

function* entriesOf(data: Buffer): Generator<TarEntry> {
  try {
    yield* readTar(data);
  } catch (cause) {
    if (!(cause instanceof EddyError) || cause.code !== "TAR_DAMAGED") throw cause;
    throw new HelmError(`archive/tar: ${cause.message}`, { cause });
  }
}

/** The path below the chart's folder. */
function nameOf(path: string): string {
  const delimiter = path.includes("\\") ? "\\" : "/";
  const [first, ...rest] = path.split(delimiter);
  const name = rest.join("/");
  if (name.startsWith("/")) throw new HelmError("chart illegally contains absolute paths");
  const clean = cleanPath(name);
  if (clean === ".")
    throw new HelmError(`chart illegally contains content outside the base directory: ${JSON.stringify(path)}`);
  if (clean.startsWith("..")) throw new HelmError("chart illegally references parent directory");
  if (/^[a-zA-Z]:\//.test(clean) || clean.includes("\0")) throw new HelmError("chart contains illegally named files");
  if (first === "Chart.yaml") throw new HelmError("chart yaml not in base directory");
  return clean;
}

/** Go's `path.Clean`. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.length === 0 ? "." : parts.join("/");
}
