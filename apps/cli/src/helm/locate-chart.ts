import { readFileSync, statSync, type Stats } from "node:fs";
import { EddyError } from "@eddy/core/errors";
import { diskTree } from "@eddy/files";
import { loadChart, loadChartArchive, type Chart, type LoadChartOptions } from "@eddy/helm";

/**
 * The chart in a folder or in a packed file on this machine.
 * @throws EddyError CHART_NOT_FOUND, NOT_BUILT (terminal); HelmError for a chart that cannot be read.
 */
export function loadLocalChart(word: string, options: LoadChartOptions = {}): Chart {
  const stats = statOf(word);
  if (stats?.isDirectory()) return loadChart(diskTree(word), "", options);
  if (stats?.isFile()) return loadChartArchive(readFileSync(word), options);
  if (/^(oci|https?):\/\//.test(word) || /^[^./][^/]*\/[^/]+$/.test(word)) {
    throw new EddyError(
      "NOT_BUILT",
      `find the chart ${JSON.stringify(word)}: only charts on this machine are found yet`,
      {
        class: "terminal",
        hint: "pull it first, and give the path of the file",
      },
    );
  }
  throw new EddyError("CHART_NOT_FOUND", `path ${JSON.stringify(word)} not found`, { class: "terminal" });
}

/**
 * Refuses a chart of which dependencies are missing in `charts/`.
 * @throws EddyError CHART_INCOMPLETE (terminal) in Helm's words. Source: Helm `action.CheckDependencies`.
 */
export function requireDependencies(chart: Chart): void {
  const missing = absentDependencies(chart);
  if (missing.length === 0) return;
  const lead =
    "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing " +
    "dependencies: found in Chart.yaml, but missing in charts/ directory";
  throw new EddyError("CHART_INCOMPLETE", `${lead}: ${missing.join(", ")}`, { class: "terminal" });
}

/** Names of dependencies that Chart.yaml asks for and `charts/` does not have. */
export function absentDependencies({ metadata, dependencies }: Chart): string[] {
  const names = new Set(dependencies.map((dependency) => dependency.metadata.name));
  return metadata.dependencies.map(({ name }) => name).filter((name) => !names.has(name));
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
