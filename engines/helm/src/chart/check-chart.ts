import type { HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import type { Chart } from "./chart.ts";

/**
 * What Helm's commands ask of a chart before they render it: that it is no library, and that what it depends on is there.
 * @throws HelmError (terminal) in the dialect's words
 */
export function checkInstallable(chart: Chart, dialect: HelmDialect = "helm4"): void {
  const { type } = chart.metadata;
  if (type !== "" && type !== "application") throw new HelmError(`${type} charts are not installable`);
  const missing = missingNames(chart);
  if (missing.length === 0) return;
  const [start, quote] = dialect === "helm3" ? ["An", "`"] : ["an", "'"];
  throw new HelmError(
    `${start} error occurred while checking for chart dependencies. You may need to run ${quote}helm dependency build${quote} to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(", ")}`,
    { code: "HELM_DEPENDENCIES" },
  );
}

/** Names of dependencies that `charts/` does not have. */
function missingNames(chart: Chart): string[] {
  const present = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  return chart.metadata.dependencies.map(({ name }) => name).filter((name) => !present.has(name));
}
