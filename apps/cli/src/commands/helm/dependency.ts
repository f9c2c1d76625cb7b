import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseConstraint, parseVersion } from "@eddy/core/semver";
import { type Chart, type ChartDependency, dependencyDigest, HelmError } from "@eddy/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { gatherDependencies, saveDependencies } from "../../helm/gather-dependencies.ts";
import { formatHelmTable } from "../../helm/helm-table.ts";
import { loadLocalChart } from "../../helm/locate-chart.ts";
import { runHelm } from "../../helm/release-ports.ts";
import { updateDependencies } from "../../helm/update-dependencies.ts";

const { version: _version, devel: _devel, repo: _repo, dependencyUpdate: _update, ...reach } = chartFlags;
void [_version, _devel, _repo, _update];
const args = [{ name: "chart" }];

/** `helm dependency list`. Source: Helm `pkg/action/dependency.go`. */
export const helmDependencyListCommand: Command = defineCommand({
  path: ["helm", "dependency", "list"],
  summary: "List the dependencies for the given chart",
  args,
  examples: [["List the dependencies", "helm dependency list ./charts/web"]],
  run({ args: [folder = "."] }, context) {
    return runHelm(context, "", async () => {
      const chart = loadLocalChart(folder);
      if (chart.metadata.dependencies.length === 0)
        return context.print(`WARNING: no dependencies at ${join(folder, "charts")}\n`);
      const rows = chart.metadata.dependencies.map((dependency) => [
        dependency.name,
        dependency.version,
        dependency.repository,
        statusOf(folder, dependency, chart),
      ]);
      context.print(`${formatHelmTable([["NAME", "VERSION", "REPOSITORY", "STATUS"], ...rows])}\n`);
      for (const path of strangers(folder, chart))
        context.print(`WARNING: ${JSON.stringify(path)} is not in Chart.yaml.\n`);
    });
  },
});

function statusOf(folder: string, { name, version }: ChartDependency, parent: Chart): string {
  const charts = join(folder, "charts");
  const files = existsSync(charts) ? readdirSync(charts) : [];
  const archives = files.filter((file) => file.startsWith(`${name}-`) && file.endsWith(".tgz"));
  if (archives.length > 1) return "too many matches";
  const [archive] = archives;
  if (archive !== undefined) {
    try {
      const packed = loadLocalChart(join(charts, archive));
      if (packed.metadata.name !== name) return "misnamed";
      return versionStatus(packed.metadata.version, version) ?? "ok";
    } catch {
      return "corrupt";
    }
  }
  const found = parent.dependencies.find(({ metadata }) => metadata.name === name);
  return found === undefined ? "missing" : (versionStatus(found.metadata.version, version) ?? "unpacked");
}

function versionStatus(version: string, range: string): string | undefined {
  if (version === range) return undefined;
  try {
    return parseConstraint(range).check(parseVersion(version)) ? undefined : "wrong version";
  } catch {
    return "invalid version";
  }
}

function strangers(folder: string, { metadata }: Chart): string[] {
  const charts = join(folder, "charts");
  const named = new Set(metadata.dependencies.map(({ name }) => name));
  return (existsSync(charts) ? readdirSync(charts) : []).flatMap((file) => {
    const path = join(charts, file);
    if (!statSync(path).isDirectory() && !file.endsWith(".tgz")) return [];
    try {
      return named.has(loadLocalChart(path).metadata.name) ? [] : [path];
    } catch {
      return [];
    }
  });
}

/** `helm dependency update`: what Chart.yaml asks for, and a new Chart.lock. */
export const helmDependencyUpdateCommand: Command = defineCommand({
  path: ["helm", "dependency", "update"],
  summary: "Update charts/ based on the contents of Chart.yaml",
  args,
  flags: reach,
  examples: [["Fetch what Chart.yaml asks for", "helm dependency update ./charts/web"]],
  run({ args: [folder = "."], flags }, context) {
    return runHelm(context, "", () => updateDependencies(folder, flags, context));
  },
});

/** `helm dependency build`: what Chart.lock says; what Chart.yaml asks for where there is no lock. */
export const helmDependencyBuildCommand: Command = defineCommand({
  path: ["helm", "dependency", "build"],
  summary: "Rebuild the charts/ directory based on the Chart.lock file",
  args,
  flags: reach,
  examples: [["Fetch what Chart.lock says", "helm dependency build ./charts/web"]],
  run({ args: [folder = "."], flags }, context) {
    return runHelm(context, "", async () => {
      const { lock, metadata } = loadLocalChart(folder);
      if (lock === undefined) return updateDependencies(folder, flags, context);
      if (dependencyDigest(metadata.dependencies, lock.dependencies) !== lock.digest)
        throw new HelmError(
          "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies",
        );
      const gathered = await gatherDependencies(folder, lock.dependencies, flags, context);
      context.print(`Saving ${gathered.length} charts\n`);
      saveDependencies(folder, gathered);
      context.print("Deleting outdated charts\n");
    });
  },
});
