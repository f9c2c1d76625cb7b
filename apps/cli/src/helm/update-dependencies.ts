import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dependencyDigest, formatLock } from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";
import type { FetchChartOptions } from "./fetch-chart.ts";
import { gatherDependencies, saveDependencies } from "./gather-dependencies.ts";
import { loadLocalChart } from "./locate-chart.ts";

/** Brings into `charts/` what Chart.yaml of a folder asks for, and writes Chart.lock. @throws as `gatherDependencies` does. */
export async function updateDependencies(
  folder: string,
  options: FetchChartOptions,
  context: CommandContext,
): Promise<void> {
  const { metadata } = loadLocalChart(folder);
  if (metadata.dependencies.length === 0) return;
  const gathered = await gatherDependencies(folder, metadata.dependencies, options, context);
  context.print(`Saving ${gathered.length} charts\n`);
  saveDependencies(folder, gathered);
  context.print("Deleting outdated charts\n");
  const locked = gathered.map(({ name, version, repository }) => ({ name, version, repository }));
  const empty = { condition: "", tags: [], enabled: false, importValues: [], alias: "" };
  const lock = {
    generated: new Date(context.clock.now()).toISOString(),
    digest: dependencyDigest(metadata.dependencies, locked),
    dependencies: locked.map((one) => ({ ...empty, ...one })),
  };
  const file = metadata.apiVersion === "v1" ? "requirements.lock" : "Chart.lock";
  writeFileSync(join(folder, file), formatLock(lock));
}
