import { statSync } from "node:fs";
import { type Chart, loadChartArchive, type LoadChartOptions } from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";
import type { FlagValues } from "../command/flag.ts";
import type { chartFlags } from "./chart-flags.ts";
import { fetchChart } from "./fetch-chart.ts";
import { loadLocalChart } from "./locate-chart.ts";

/**
 * The chart that a word names: a folder or a packed file on this machine, and what is neither from a registry or repository.
 * @throws EddyError CHART_NOT_FOUND, NOT_BUILT (terminal); HelmError for a chart that cannot be read; what the clients throw.
 */
export async function obtainChart(
  word: string,
  flags: FlagValues<typeof chartFlags>,
  context: CommandContext,
  options: LoadChartOptions = {},
): Promise<Chart> {
  const isRemote = flags.repo !== undefined || /^(oci|https?):\/\//.test(word);
  if (!isRemote || statSync(word, { throwIfNoEntry: false }) !== undefined) return loadLocalChart(word, options);
  const { archive } = await fetchChart(word, flags, context);
  return loadChartArchive(archive, options);
}
