import type { Chart, HelmDialect, Values } from "@eddy/helm";
import { installRelease, type DryRun, type Release, type ReleasePorts, type WaitStrategy } from "@eddy/runtime/helm";
import type { CommandContext } from "../command/context.ts";
import type { FlagValues } from "../command/flag.ts";
import { readApplyFlags, readRenderFlags, type applyFlags, type renderFlags } from "./action-flags.ts";
import type { chartFlags } from "./chart-flags.ts";
import { dialectOf, type dialectFlag } from "./dialect-flag.ts";
import { requireDependencies } from "./locate-chart.ts";
import { obtainChart } from "./obtain-chart.ts";
import { composeValues, type valuesFlags } from "./values-flags.ts";

/** Flags that install and upgrade share. */
export type ChartActionFlags = FlagValues<
  typeof applyFlags & typeof renderFlags & typeof chartFlags & typeof valuesFlags & typeof dialectFlag
> & { wait: WaitStrategy; dryRun: DryRun };

/** What an installation is made of. */
export interface InstallChartOptions {
  name: string;
  /** The word that says where the chart is. */
  chart: string;
  serverSideApply: boolean;
  replace: boolean;
}

/** Installs a chart as the flags say. */
export async function installChart(
  { name, chart: word, serverSideApply, replace }: InstallChartOptions,
  flags: ChartActionFlags,
  { context, ports }: { context: CommandContext; ports: ReleasePorts & { namespace: string } },
): Promise<Release> {
  const { chart, values, dialect } = await readChart(word, flags, context);
  const { createNamespace, skipCrds, wait, dryRun } = flags;
  return installRelease(
    {
      ...readApplyFlags(flags),
      ...readRenderFlags(flags),
      name,
      namespace: ports.namespace,
      chart,
      values,
      dialect,
      wait,
      dryRun,
      timeoutMs: context.flags.timeout,
      serverSideApply,
      replace,
      createNamespace,
      crds: skipCrds ? "Skip" : "Create",
    },
    ports,
  );
}

/** The chart and the values that the flags give. */
export async function readChart(
  word: string,
  flags: ChartActionFlags,
  context: CommandContext,
): Promise<{ chart: Chart; values: Values; dialect: HelmDialect }> {
  const onWarning = (line: string): void => context.status.plain(`level=WARN msg=${JSON.stringify(line)}`);
  const dialect = dialectOf(flags.dialect);
  const chart = await obtainChart(word, flags, context, { onWarning, dialect });
  const values = await composeValues(flags, context, dialect);
  requireDependencies(chart);
  if (chart.metadata.deprecated) onWarning("this chart is deprecated");
  return { chart, values, dialect };
}
