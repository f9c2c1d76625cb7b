import { statSync } from "node:fs";
import { type Chart, loadChartArchive, type LoadChartOptions } from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";
import type { FlagValues } from "../command/flag.ts";
import type { chartFlags } from "./chart-flags.ts";
import { fetchChart } from "./fetch-chart.ts";
import { absentDependencies, loadLocalChart } from "./locate-chart.ts";
import { loadKeyRing, verifyChartFile } from "./provenance.ts";
import { updateDependencies } from "./update-dependencies.ts";

/**
 * The chart that a word names: a folder or a packed file on this machine, and what is neither from a registry or repository.
 * With `--verify`, only one that is signed; with `--dependency-update`, a folder gets what it lacks.
 * @throws EddyError CHART_NOT_FOUND, NOT_BUILT, PROVENANCE_INVALID (terminal); HelmError for a chart that cannot be read; what the clients throw.
 */
export async function obtainChart(
  word: string,
  flags: FlagValues<typeof chartFlags>,
  context: CommandContext,
  options: LoadChartOptions = {},
): Promise<Chart> {
  const isRemote = flags.repo !== undefined || /^(oci|https?):\/\//.test(word);
  const stats = statSync(word, { throwIfNoEntry: false });
  if (!isRemote || stats) {
    if (flags.verify && stats) await verifyChartFile(word, () => loadKeyRing(flags.keyring, context.io.env));
    const chart = loadLocalChart(word, options);
    if (!flags.dependencyUpdate || !stats?.isDirectory() || absentDependencies(chart).length === 0) return chart;
    await updateDependencies(word, flags, context);
    return loadLocalChart(word, options);
  }
  const { archive } = await fetchChart(word, flags, context);
  return loadChartArchive(archive, options);
}
