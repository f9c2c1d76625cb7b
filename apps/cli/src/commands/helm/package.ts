import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Chart, saveChart, withVersion } from "@eddy/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { loadLocalChart, requireDependencies } from "../../helm/locate-chart.ts";
import { formatProvenance } from "../../helm/provenance.ts";
import { registryFlags } from "../../helm/registry-access.ts";
import { openSigner } from "../../helm/sign-chart.ts";
import { updateDependencies } from "../../helm/update-dependencies.ts";
import { runHelm } from "../../helm/release-ports.ts";

const flags = {
  version: flag.text("set the version on the chart to this semver version"),
  appVersion: flag.text("set the appVersion on the chart to this version"),
  destination: flag.textWithDefault(".", "location to write the chart", { short: "d" }),
  dependencyUpdate: flag.boolean('update dependencies from "Chart.yaml" to dir "charts/" before packaging', {
    short: "u",
  }),
  sign: flag.boolean("use a PGP private key to sign this package"),
  key: flag.text("name of the key to use when signing. Used if --sign is true"),
  keyring: flag.text("location of a keyring with secret keys; GnuPG's own unless given"),
  passphraseFile: flag.text("location of a file which contains the passphrase for the signing key, or - for stdin"),
  ...registryFlags,
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
      const sign = values.sign ? await openSigner(values, context) : undefined;
      for (const path of args) {
        if (values.dependencyUpdate) await updateDependencies(path, values, context);
        const loaded = loadLocalChart(path);
        requireDependencies(loaded);
        const chart = named(loaded, values.version, values.appVersion);
        mkdirSync(values.destination, { recursive: true });
        const folder = values.destination === "." ? resolve(".") : values.destination;
        const file = join(folder, `${chart.metadata.name}-${chart.metadata.version}.tgz`);
        const archive = saveChart(chart);
        writeFileSync(file, archive);
        if (sign) writeFileSync(`${file}.prov`, await sign(formatProvenance(chart.metadata, basename(file), archive)));
        context.print(`Successfully packaged chart and saved it to: ${file}\n`);
      }
    });
  },
});

function named(chart: Chart, version: string | undefined, appVersion: string | undefined): Chart {
  const other = version ? withVersion(chart, version) : chart;
  return appVersion ? { ...other, metadata: { ...other.metadata, appVersion } } : other;
}
