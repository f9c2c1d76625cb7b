import { sourceReasons, type Artifact, type HelmChart } from "@eddy/api";
import type { FileTree } from "@eddy/core/tree";
import {
  loadChart,
  loadChartArchive,
  readArchiveMetadata,
  readChartMetadata,
  saveChart,
  withValues,
  withVersion,
  type Chart,
} from "@eddy/helm";
import { rootedPath } from "../trees/rooted-path.ts";
import { addDependencies, type DependencySources } from "./add-dependencies.ts";
import { ChartBuildError, type BuildReason } from "./build-error.ts";
import type { ChartBuild } from "./chart-build.ts";
import { buildMetadata, buildVersion } from "./chart-version.ts";
import { changingFiles, mergeTreeValues } from "./merge-values-files.ts";
import { storedBuild } from "./stored-build.ts";

/** What a chart of a Git repository or bucket is made from. */
export interface LocalChart {
  readonly tree: FileTree;
  /** Of the source. */
  readonly revision: string;
  readonly sources: DependencySources;
}

/**
 * The chart in a folder of a source, packaged with its dependencies, or a package that lies there. Nothing is made when it is stored
 * already. Source: source-controller internal/helm/chart `localChartBuilder`.
 * @throws ChartBuildError
 */
export async function buildLocalChart(
  object: HelmChart,
  { tree, revision, sources }: LocalChart,
  stored: Artifact | undefined,
): Promise<ChartBuild> {
  const { spec } = object;
  const path = attempt(sourceReasons.invalidChartReference, () => pathOf(tree, spec.chart));
  const isFolder = tree.kindOf(path) === "directory";
  const metadata = attempt(sourceReasons.invalidChartReference, () =>
    isFolder ? readChartMetadata(tree, path) : readArchiveMetadata(fileAt(tree, path)),
  );
  const suffix = buildMetadata(object, revision);
  const version = buildVersion(metadata, suffix);
  const files = changingFiles(spec.valuesFiles ?? []);
  const wanted = { name: metadata.name, version, packaged: isFolder || suffix !== "", verified: false };
  const known = storedBuild(object, stored, wanted);
  if (known) return known;
  const build = { ...wanted, valuesFiles: [], resolvedDependencies: 0 };
  if (!wanted.packaged) return { ...build, bytes: fileAt(tree, path) };

  const merged =
    files.length === 0
      ? undefined
      : attempt(sourceReasons.valuesFilesError, () =>
          mergeTreeValues(tree, spec.valuesFiles ?? [], spec.ignoreMissingValuesFiles ?? false),
        );
  const loaded = attempt(sourceReasons.chartPackageError, () => loadAt(tree, path, isFolder));
  const versioned = withVersion(loaded, version);
  const changed = merged && attempt(sourceReasons.valuesFilesError, () => withValues(versioned, merged.values));
  const chart = changed ?? versioned;
  const { whole, count } = isFolder
    ? await withDependencies(chart, { tree, path, sources })
    : { whole: chart, count: 0 };
  const bytes = attempt(sourceReasons.chartPackageError, () => saveChart(whole));
  return { ...build, bytes, resolvedDependencies: count, valuesFiles: changed && merged ? merged.files : [] };
}

function attempt<T>(reason: BuildReason, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new ChartBuildError(reason, cause);
  }
}

/** The path from the source's root, which nothing leaves. */
function pathOf(tree: FileTree, path: string): string {
  if (path === "") throw new Error("no path set for local chart reference");
  if (path.startsWith("/")) throw new Error("local chart reference path is expected to be relative");
  const rooted = rootedPath(path);
  if (tree.kindOf(rooted) !== undefined) return rooted;
  throw new Error(`stat ${rooted}: no such file or directory`);
}

function fileAt(tree: FileTree, path: string): Uint8Array {
  const content = tree.read(path);
  if (content) return content;
  throw new Error(`read ${path}: it is neither a folder nor a file`);
}

function loadAt(tree: FileTree, path: string, isFolder: boolean): Chart {
  return isFolder ? loadChart(tree, path) : loadChartArchive(fileAt(tree, path));
}

async function withDependencies(
  chart: Chart,
  place: { tree: FileTree; path: string; sources: DependencySources },
): Promise<{ whole: Chart; count: number }> {
  try {
    return await addDependencies(chart, place);
  } catch (cause) {
    throw new ChartBuildError(sourceReasons.dependencyBuildError, cause);
  }
}
