import { messageOf } from "@eddy/core/errors";
import { parseConstraint, parseVersion, type Constraint } from "@eddy/core/semver";
import type { FileTree } from "@eddy/core/tree";
import { trimRight } from "@eddy/core/trim";
import {
  loadChart,
  loadChartArchive,
  missingDependencies,
  normalizeRepositoryUrl,
  withDependency,
  withName,
  type Chart,
  type ChartDependency,
} from "@eddy/helm";
import type { ChartSource } from "../chart-repository/chart-source.ts";
import { rootedPath } from "../trees/rooted-path.ts";

/** Opens a repository by its normalised URL, with the credentials of the HelmRepository that has it, if there is one. */
export interface DependencySources {
  open(url: string): Promise<ChartSource>;
}

const maxDependencies = 100;

/**
 * The chart with the dependencies that it asks for and does not vendor: charts of the same source, of repositories and registries.
 * What those depend on themselves has to be in them. Source: source-controller internal/helm/chart `DependencyManager`.
 * @throws Error in upstream's words
 */
export async function addDependencies(
  chart: Chart,
  { tree, path, sources }: { tree: FileTree; path: string; sources: DependencySources },
): Promise<{ whole: Chart; count: number }> {
  const missing = missingDependencies(chart);
  if (missing.size > maxDependencies)
    throw new Error(`the chart has ${missing.size} dependencies, at most ${maxDependencies} are fetched`);
  const opened = new Map<string, Promise<ChartSource>>();
  const open = (url: string): Promise<ChartSource> => {
    const source = opened.get(url) ?? sources.open(url);
    opened.set(url, source);
    return source;
  };
  let whole = chart;
  for (const [name, dependency] of missing) {
    const isLocal = dependency.repository === "" || dependency.repository.startsWith("file://");
    try {
      const found = isLocal ? localChart(tree, path, dependency) : await remoteChart(dependency, open);
      whole = withDependency(whole, dependency.alias === "" ? found : withName(found, dependency.alias));
    } catch (cause) {
      const kind = isLocal ? "local" : "remote";
      throw new Error(`failed to add ${kind} dependency '${name}': ${messageOf(cause)}`, { cause });
    }
  }
  return { whole, count: missing.size };
}

function localChart(tree: FileTree, parent: string, dependency: ChartDependency): Chart {
  const { name, repository, version } = dependency;
  const below = repository === "" ? `charts/${name}` : repository.slice("file://".length);
  const path = rootedPath(`${parent}/${below}`);
  const shown = `'/${path}' (reference '${repository}')`;
  const kind = tree.kindOf(path);
  if (kind === undefined) throw new Error(`no chart found at ${shown}`);
  const constraint = constraintOf(version);
  const chart = loadAt(tree, path, kind === "directory", shown);
  if (!constraint.check(parseVersion(chart.metadata.version)))
    throw new Error(`can't get a valid version for constraint '${version}'`);
  return chart;
}

function constraintOf(version: string): Constraint {
  try {
    return parseConstraint(version);
  } catch (cause) {
    throw new Error(`invalid version/constraint format '${version}': ${messageOf(cause)}`, { cause });
  }
}

function loadAt(tree: FileTree, path: string, isFolder: boolean, shown: string): Chart {
  try {
    return isFolder ? loadChart(tree, path) : loadChartArchive(tree.read(path) ?? new Uint8Array());
  } catch (cause) {
    throw new Error(`failed to load chart from ${shown}: ${messageOf(cause)}`, { cause });
  }
}

async function remoteChart(
  { name, version, repository }: ChartDependency,
  open: (url: string) => Promise<ChartSource>,
): Promise<Chart> {
  const url = repositoryUrl(repository);
  const source = await opened(url, open);
  const found = await attempt(`failed to get chart '${name}' version '${version}' from '${repository}'`, () =>
    source.find(name, version),
  );
  const bytes = await attempt(`chart download of version '${found.version}' failed`, () => source.download(found));
  return attempt(`failed to load downloaded archive of version '${found.version}'`, async () =>
    loadChartArchive(bytes),
  );
}

function repositoryUrl(repository: string): string {
  if (/^(?:https?|oci):\/\//.test(repository)) return normalizeRepositoryUrl(repository);
  const shown = `${trimRight(repository, "/")}/`;
  throw new Error(
    repository.startsWith("@")
      ? `aliased repository dependency is not supported: ${shown}`
      : `invalid dependency repository URL: ${shown}`,
  );
}

async function opened(url: string, open: (url: string) => Promise<ChartSource>): Promise<ChartSource> {
  return attempt(`failed to get chart repository for URL '${url}'`, () => open(url));
}

async function attempt<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new Error(`${doing}: ${messageOf(cause)}`, { cause });
  }
}
