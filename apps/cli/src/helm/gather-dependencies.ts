import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseConstraint, parseVersion } from "@eddy/core/semver";
import { type Chart, type ChartDependency, HelmError, loadChartArchive, saveChart } from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";
import { fetchChart, type FetchChartOptions } from "./fetch-chart.ts";
import { loadLocalChart } from "./locate-chart.ts";

/** A dependency that was found, with the one version that it has. */
export interface GatheredDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** What goes to `charts/`; undefined where it is there already, as a folder. */
  readonly archive: Uint8Array | undefined;
}

/**
 * Finds the dependencies of the chart in a folder: below `charts/` where no repository is named, in another folder (`file://`), in a
 * repository or in a registry.
 * @throws HelmError (terminal) in Helm's words; what the clients throw
 */
export async function gatherDependencies(
  folder: string,
  wanted: readonly ChartDependency[],
  options: FetchChartOptions,
  context: CommandContext,
): Promise<GatheredDependency[]> {
  const found: GatheredDependency[] = [];
  for (const dependency of wanted) found.push(await gatherOne(folder, dependency, options, context));
  return found;
}

async function gatherOne(
  folder: string,
  { name, version, repository }: ChartDependency,
  options: FetchChartOptions,
  context: CommandContext,
): Promise<GatheredDependency> {
  if (repository === "") {
    const chart = loadLocalChart(join(folder, "charts", name));
    checkVersion(chart, name, version);
    return { name, version: chart.metadata.version, repository, archive: undefined };
  }
  if (repository.startsWith("file://")) {
    const path = resolve(folder, repository.slice("file://".length));
    if (!existsSync(path)) throw new HelmError(`directory ${path} not found`);
    const chart = loadLocalChart(path);
    checkVersion(chart, name, version);
    return { name, version: chart.metadata.version, repository, archive: saveChart(chart) };
  }
  const isRegistry = repository.startsWith("oci://");
  const word = isRegistry ? `${repository.replace(/\/$/, "")}/${name}` : name;
  const where = isRegistry ? {} : { repo: repository };
  const { archive } = await fetchChart(word, { ...options, ...where, version }, context);
  const chart = loadChartArchive(archive);
  return { name, version: chart.metadata.version, repository, archive };
}

function checkVersion({ metadata }: Chart, name: string, range: string): void {
  let matches = false;
  try {
    matches = parseConstraint(range).check(parseVersion(metadata.version));
  } catch (cause) {
    throw new HelmError(`dependency ${JSON.stringify(name)} has an invalid version/constraint format`, { cause });
  }
  if (!matches) throw new HelmError(`can't get a valid version for dependency ${name}`);
}

/** Puts what was found into `charts/`, and takes packages away that are not of it. Returns how many were saved. */
export function saveDependencies(folder: string, gathered: readonly GatheredDependency[]): number {
  const charts = join(folder, "charts");
  mkdirSync(charts, { recursive: true });
  const packed = gathered.filter(({ archive }) => archive !== undefined);
  const names = new Set(packed.map(({ name, version }) => `${name}-${version}.tgz`));
  for (const file of readdirSync(charts)) if (file.endsWith(".tgz") && !names.has(file)) rmSync(join(charts, file));
  for (const { name, version, archive } of packed)
    writeFileSync(join(charts, `${name}-${version}.tgz`), archive as Uint8Array);
  return packed.length;
}
