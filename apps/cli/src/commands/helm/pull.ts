import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { formatReference } from "@eddy/oci";
import { unpackTree } from "@eddy/runtime/artifact";
import { writeTree } from "../../artifact/write-tree.ts";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagValues } from "../../command/flag.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { fetchChart, type FetchedChart } from "../../helm/fetch-chart.ts";
import { formatVerification } from "../../helm/provenance.ts";
import { registryNotice } from "../../helm/registry-notice.ts";

const flags = {
  untar: flag.boolean("if set to true, will untar the chart after downloading it"),
  prov: flag.boolean("fetch the provenance file, but don't perform verification"),
  untardir: flag.textWithDefault(
    ".",
    "if untar is specified, this flag specifies the name of the directory into which the chart is expanded",
  ),
  destination: flag.textWithDefault(
    ".",
    "location to write the chart. If this and untardir are specified, untardir is appended to this",
    { short: "d" },
  ),
  ...chartFlags,
};

/** `helm pull`: charts of registries, repositories and URLs to this machine. Source: Helm 4 `pkg/action/pull.go`. */
export const helmPullCommand: Command = defineCommand({
  path: ["helm", "pull"],
  summary: "Download a chart from a registry or repository and (optionally) unpack it in local directory",
  args: [{ name: "chart", many: true, required: true }],
  flags,
  examples: [
    ["Pull from a registry", "helm pull oci://ghcr.io/stefanprodan/charts/podinfo --version 6.x --untar"],
    ["Pull from a repository", "helm pull podinfo --repo https://stefanprodan.github.io/podinfo"],
  ],
  async run({ args, flags: values }, context) {
    for (const word of args) await pullOne(word, values, context);
  },
});

async function pullOne(word: string, values: FlagValues<typeof flags>, context: CommandContext): Promise<void> {
  const wantsProvenance = values.prov || values.verify;
  const chart = await fetchChart(word, { ...values, withProvenance: wantsProvenance }, context);
  if (chart.registry) {
    const { reference, digest } = chart.registry;
    context.print(registryNotice("Pulled", formatReference(reference), digest));
  }
  if (chart.verification) context.print(formatVerification(chart.verification));
  if (values.untar) return untar(chart, values);
  writeFileSync(join(values.destination, chart.fileName), chart.archive);
  if (wantsProvenance && chart.provenance)
    writeFileSync(join(values.destination, `${chart.fileName}.prov`), chart.provenance);
}

async function untar(
  { archive, name }: FetchedChart,
  { untardir, destination }: FlagValues<typeof flags>,
): Promise<void> {
  const folder = isAbsolute(untardir) ? untardir : join(destination, untardir);
  const target = join(folder, basename(name));
  if (statSync(target, { throwIfNoEntry: false }))
    throw new EddyError("USAGE", `failed to untar: a file or directory with the name ${target} already exists`, {
      class: "terminal",
    });
  const tree = await unpackTree(archive);
  mkdirSync(target, { recursive: true });
  writeTree(tree, folder);
}
