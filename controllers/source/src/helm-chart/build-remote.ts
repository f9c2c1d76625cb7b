import { sourceReasons, type Artifact, type HelmChart } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { loadChartArchive, readArchiveMetadata, saveChart, withValues, withVersion, type Chart } from "@eddy/helm";
import { ChartReferenceError, type ChartSource, type FoundChart } from "../chart-repository/chart-source.ts";
import { ChartBuildError } from "./build-error.ts";
import type { ChartBuild } from "./chart-build.ts";
import { buildMetadata, buildVersion } from "./chart-version.ts";
import { changingFiles, mergeChartValues, type MergedValues } from "./merge-values-files.ts";
import { storedBuild } from "./stored-build.ts";

// Upstream's `^([-a-z0-9]+/?\.?)+$`, with one way only to read a name: theirs is for RE2.
const chartName = /^[-a-z0-9]+(?:(?:\/\.?|\.)[-a-z0-9]+)*(?:\/\.?|\.)?$/;
const maxNameLength = 255;

/**
 * The chart of a repository or registry: as it is, or with other values. Nothing is downloaded when it is stored already.
 * Source: source-controller internal/helm/chart `remoteChartBuilder`.
 * @throws ChartBuildError
 */
export async function buildRemoteChart(
  object: HelmChart,
  source: ChartSource,
  stored: Artifact | undefined,
): Promise<ChartBuild> {
  const { spec } = object;
  checkName(spec.chart);
  let found = await find(source, spec.chart, spec.version ?? "*");
  const verification = spec.verify === undefined ? undefined : await verify(source, found);
  if (verification) ({ found } = verification);
  const verified = verification?.outcome === "verified";
  const version = buildVersion(found, buildMetadata(object, undefined));
  const files = changingFiles(spec.valuesFiles ?? []);
  const wanted = { name: found.name, version, packaged: files.length > 0, verified };
  const known = storedBuild(object, stored, wanted);
  if (known) return known;
  const bytes = await download(source, found);
  const build = { ...wanted, valuesFiles: [], resolvedDependencies: 0 };
  if (files.length === 0) return { ...build, bytes: checkPackage(bytes) };
  const chart = withVersion(load(bytes), version);
  return { ...build, ...packageWith(chart, object) };
}

/** @throws ChartBuildError for what is no chart's name */
export function checkName(name: string): void {
  const refuse = (message: string): Error =>
    new ChartBuildError(sourceReasons.invalidChartReference, new Error(message));
  if (name === "") throw refuse("no name set for remote chart reference");
  if (name.length > maxNameLength || !chartName.test(name))
    throw refuse(
      `invalid chart name '${name}': a valid name must be lower case letters and numbers and MAY be separated with dashes (-), slashes (/) or periods (.)`,
    );
}

async function find(source: ChartSource, chart: string, range: string): Promise<FoundChart> {
  try {
    return await source.find(chart, range);
  } catch (cause) {
    const reason =
      cause instanceof ChartReferenceError ? sourceReasons.invalidChartReference : sourceReasons.chartPullError;
    throw new ChartBuildError(
      reason,
      new Error(`failed to get chart version for remote reference: ${messageOf(cause)}`, { cause }),
    );
  }
}

async function verify(source: ChartSource, found: FoundChart): Promise<Awaited<ReturnType<ChartSource["verify"]>>> {
  try {
    return await source.verify(found);
  } catch (cause) {
    throw new ChartBuildError(sourceReasons.chartVerificationError, cause);
  }
}

async function download(source: ChartSource, found: FoundChart): Promise<Buffer> {
  try {
    return await source.download(found);
  } catch (cause) {
    throw new ChartBuildError(
      sourceReasons.chartPullError,
      new Error(`failed to download chart for remote reference: ${messageOf(cause)}`, { cause }),
    );
  }
}

/** A package that is passed on as it is has to be one. */
function checkPackage(bytes: Buffer): Buffer {
  try {
    readArchiveMetadata(bytes);
    return bytes;
  } catch (cause) {
    const error = new Error(`failed to load chart metadata from written chart: ${messageOf(cause)}`, { cause });
    throw new ChartBuildError(sourceReasons.chartPullError, error);
  }
}

function load(bytes: Buffer): Chart {
  try {
    return loadChartArchive(bytes);
  } catch (cause) {
    const error = new Error(`failed to load downloaded chart: ${messageOf(cause)}`, { cause });
    throw new ChartBuildError(sourceReasons.chartPackageError, error);
  }
}

function packageWith(chart: Chart, { spec }: HelmChart): Pick<ChartBuild, "bytes" | "valuesFiles"> {
  const merged = mergeValues(chart, spec);
  try {
    const changed = withValues(chart, merged.values);
    return { bytes: saveChart(changed ?? chart), valuesFiles: changed ? merged.files : [] };
  } catch (cause) {
    throw new ChartBuildError(sourceReasons.chartPackageError, cause);
  }
}

function mergeValues(chart: Chart, spec: HelmChart["spec"]): MergedValues {
  try {
    return mergeChartValues(chart, spec.valuesFiles ?? [], spec.ignoreMissingValuesFiles ?? false);
  } catch (cause) {
    const error = new Error(`failed to merge chart values: ${messageOf(cause)}`, { cause });
    throw new ChartBuildError(sourceReasons.valuesFilesError, error);
  }
}
