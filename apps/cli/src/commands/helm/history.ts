import { formatGoJson, type Release } from "@eddy/runtime/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { outputFlag } from "../../helm/action-flags.ts";
import { formatAppVersion, formatChart } from "../../helm/format-chart.ts";
import { formatAnsic } from "../../helm/go-dates.ts";
import { formatHelmTable } from "../../helm/helm-table.ts";
import { formatData } from "../../helm/print-values.ts";
import { notFound, releasePorts, runHelm } from "../../helm/release-ports.ts";

const flags = {
  ...outputFlag,
  max: flag.integer(256, "maximum number of revisions to include in history"),
  showRollbackRevision: flag.boolean("show the rollback revision column in table output"),
};

/** `helm history`. */
export const helmHistoryCommand: Command = defineCommand({
  path: ["helm", "history"],
  summary: "Fetch release history",
  args: [{ name: "release", required: true }],
  flags,
  examples: [["Show what became of a release", "helm history web -n team"]],
  run({ args: [name = ""], flags: { output = "table", max, showRollbackRevision } }, context) {
    return runHelm(context, "", async () => {
      const { storage } = await releasePorts(context);
      const releases = await storage.history(name);
      if (releases.length === 0) throw notFound();
      const shown = releases.slice(Math.max(0, releases.length - max));
      if (output === "table") return context.print(formatTable(shown, showRollbackRevision));
      context.print(formatData(output, null, `[${shown.map(formatEntry).join(",")}]`));
    });
  },
});

function formatTable(releases: readonly Release[], showRollback: boolean): string {
  const rollback = showRollback ? ["ROLLBACK"] : [];
  const header = ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", ...rollback, "DESCRIPTION"];
  const rows = releases.map((release) => {
    const { version, info } = release;
    const { last_deployed, status, description = "", rollback_revision: target = 0 } = info;
    return [
      String(version),
      formatAnsic(last_deployed),
      status,
      formatChart(release),
      formatAppVersion(release),
      ...(showRollback ? [target > 0 ? String(target) : ""] : []),
      description,
    ];
  });
  return formatHelmTable([header, ...rows]);
}

function formatEntry(release: Release): string {
  const { version, info } = release;
  const { last_deployed, status, description = "", rollback_revision = 0 } = info;
  const fields: Record<string, string | number> = {
    revision: version,
    ...(last_deployed ? { updated: last_deployed } : {}),
    status,
    chart: formatChart(release),
    app_version: formatAppVersion(release),
    ...(rollback_revision > 0 ? { rollback_revision } : {}),
    description,
  };
  return `{${Object.entries(fields)
    .map(([key, value]) => `"${key}":${formatGoJson(value)}`)
    .join(",")}}`;
}
