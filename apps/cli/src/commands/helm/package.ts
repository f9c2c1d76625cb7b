import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { type Chart, saveChart, withVersion } from "@eddy/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { loadLocalChart, requireDependencies } from "../../helm/locate-chart.ts";
import { runHelm } from "../../helm/release-ports.ts";

const flags = {
  version: flag.text("set the version on the chart to this semver version"),
  appVersion: flag.text("set the appVersion on the chart to this version"),
  destination: flag.textWithDefault(".", "location to write the chart", { short: "d" }),
  dependencyUpdate: flag.boolean("refused: run `eddy helm dependency update` before", { short: "u" }),
  sign: flag.boolean("refused: packages are not signed"),
};

/** `helm package`. Unlike Helm's, a package has no times in it: the same chart gives the same bytes. */
export const helmPackageCommand: Command = defineCommand({
  path: ["helm", "package"],
  summary: "Package a chart directory into a chart archive",
  args: [{ name: "chart", many: true, required: true }],
  flags,
  examples: [["Package a chart", "helm package ./charts/web --version 1.2.3 -d dist"]],
  run({ args, flags: values }, context) {
    return runHelm(context, "", async () => {
      if (values.sign || values.dependencyUpdate) throw notBuilt(values.sign ? "--sign" : "--dependency-update");
      for (const path of args) {
        const loaded = loadLocalChart(path);
        requireDependencies(loaded);
        const chart = named(loaded, values.version, values.appVersion);
        mkdirSync(values.destination, { recursive: true });
        const file = resolve(values.destination, `${chart.metadata.name}-${chart.metadata.version}.tgz`);
        writeFileSync(file, saveChart(chart));
        context.print(`Successfully packaged chart and saved it to: ${join(file)}\n`);
      }
    });
  },
});

function named(chart: Chart, version: string | undefined, appVersion: string | undefined): Chart {
  const other = version ? withVersion(chart, version) : chart;
  return appVersion ? { ...other, metadata: { ...other.metadata, appVersion } } : other;
}

function notBuilt(what: string): EddyError {
  return new EddyError("NOT_BUILT", `${what} is not built yet`, { class: "terminal" });
}
