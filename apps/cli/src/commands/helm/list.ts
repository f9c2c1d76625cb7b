import type { Json } from "@eddy/core/json";
import { formatTimestamp } from "@eddy/gotemplate";
import { selectReleases, type Release, type ReleaseStatus } from "@eddy/runtime/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagValues } from "../../command/flag.ts";
import { outputFlag } from "../../helm/action-flags.ts";
import { formatAppVersion, formatChart } from "../../helm/format-chart.ts";
import { formatGoString } from "../../helm/go-dates.ts";
import { formatHelmTable } from "../../helm/helm-table.ts";
import { formatData } from "../../helm/print-values.ts";
import { releasePorts, runHelm, storageOf } from "../../helm/release-ports.ts";

const flags = {
  ...outputFlag,
  short: flag.boolean("output short (quiet) listing format", { short: "q" }),
  noHeaders: flag.boolean("don't print headers when using the default output format"),
  timeFormat: flag.text('format time using golang time formatter, like "2006-01-02 15:04:05Z0700"'),
  date: flag.boolean("sort by release date", { short: "d" }),
  reverse: flag.boolean("reverse the sort order", { short: "r" }),
  all: flag.boolean("accepted: releases of every status are shown", { short: "a", hidden: true }),
  uninstalled: flag.boolean("show uninstalled releases"),
  superseded: flag.boolean("show superseded releases"),
  uninstalling: flag.boolean("show releases that are currently being uninstalled"),
  deployed: flag.boolean("show deployed releases"),
  failed: flag.boolean("show failed releases"),
  pending: flag.boolean("show pending releases"),
  allNamespaces: flag.boolean("list releases across all namespaces", { short: "A" }),
  max: flag.integer(256, "maximum number of releases to show", { short: "m" }),
  offset: flag.integer(0, "next release index in the list, used to offset from start value"),
  filter: flag.text("a regular expression that names must match", { short: "f" }),
  selector: flag.text("label query: -l key1=value1,key2=value2", { short: "l" }),
};

/** `helm list`. */
export const helmListCommand: Command = defineCommand({
  path: ["helm", "list"],
  summary: "List releases",
  flags,
  examples: [["List the releases of all namespaces", "helm list -A"]],
  run({ flags: values }, context) {
    return runHelm(context, "", async () => {
      const { kube, storage } = await releasePorts(context);
      const { selector, filter, max: limit, offset, date: byDate, reverse } = values;
      const source = values.allNamespaces ? storageOf(kube, "", context) : storage;
      const stored = await source.list(selector === undefined ? {} : { labelSelector: selector });
      const statuses = statusesOf(values);
      const options = { statuses, limit, offset, byDate, reverse, ...(filter === undefined ? {} : { filter }) };
      context.print(formatList(selectReleases(stored, options), values));
    });
  },
});

function statusesOf(values: FlagValues<typeof flags>): ReleaseStatus[] {
  const chosen = (["deployed", "uninstalled", "uninstalling", "failed", "superseded"] as const).filter(
    (status) => values[status],
  );
  const pending = ["pending-install", "pending-upgrade", "pending-rollback"] as const;
  return [...chosen, ...(values.pending ? pending : [])];
}

function formatList(releases: readonly Release[], values: FlagValues<typeof flags>): string {
  const { output = "table", short, noHeaders, timeFormat = "" } = values;
  if (short) {
    const names = releases.map(({ name }) => name);
    return output === "table" ? names.map((name) => `${name}\n`).join("") : formatData(output, names);
  }
  const rows = releases.map((release) => rowOf(release, timeFormat));
  if (output === "table") {
    const header = ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"];
    return formatHelmTable([...(noHeaders ? [] : [header]), ...rows.map((row) => row.map(([, cell]) => cell))]);
  }
  const json = `[${rows.map((row) => `{${row.map(([key, cell]) => `"${key}":${JSON.stringify(cell)}`).join(",")}}`).join(",")}]`;
  return formatData(output, null as Json, json);
}

function rowOf(release: Release, timeFormat: string): [string, string][] {
  return [
    ["name", release.name],
    ["namespace", release.namespace],
    ["revision", String(release.version)],
    ["updated", formatDeployed(release.info.last_deployed, timeFormat)],
    ["status", release.info.status],
    ["chart", formatChart(release)],
    ["app_version", formatAppVersion(release)],
  ];
}

function formatDeployed(time: string | undefined, layout: string): string {
  return layout === "" || !time ? formatGoString(time) : formatTimestamp(time, layout);
}
