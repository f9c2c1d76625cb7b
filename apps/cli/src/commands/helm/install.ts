import { EddyError } from "@eddy/core/errors";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { applyFlags, dryRunFlag, outputFlag, renderFlags, waitFlag } from "../../helm/action-flags.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { dialectFlag, dialectOf } from "../../helm/dialect-flag.ts";
import { installChart } from "../../helm/install-chart.ts";
import { formatRelease } from "../../helm/print-release.ts";
import { programRenderer } from "../../helm/program-renderer.ts";
import { releasePorts, runHelm } from "../../helm/release-ports.ts";
import { valuesFlags } from "../../helm/values-flags.ts";

const flags = {
  ...applyFlags,
  ...renderFlags,
  ...chartFlags,
  ...valuesFlags,
  ...dialectFlag,
  ...waitFlag,
  ...dryRunFlag,
  ...outputFlag,
  serverSide: flag.boolean("object updates run in the server instead of the client", { fallback: true }),
  replace: flag.boolean("reuse the name of a release that failed, or was uninstalled with its history kept"),
  generateName: flag.boolean("generate the name (and omit the NAME parameter)", { short: "g" }),
};

/** `helm install`. */
export const helmInstallCommand: Command = defineCommand({
  path: ["helm", "install"],
  summary: "Install a chart",
  args: [{ name: "name-and-chart", many: true }],
  flags,
  examples: [["Install a chart from a folder", "helm install web ./charts/web --set replicas=2 -n team"]],
  run({ args, flags: values }, context) {
    return runHelm(context, "INSTALLATION FAILED", async () => {
      const { name, chart } = nameAndChart(args, values.generateName, context.clock.now());
      const postRenderer = programRenderer({ ...values, dialect: dialectOf(values.dialect) }, context);
      const ports = await releasePorts(context, { offline: values.dryRun === "client", postRenderer });
      const { serverSide: serverSideApply, replace, output = "table", hideNotes } = values;
      const release = await installChart({ name, chart, serverSideApply, replace }, values, { context, ports });
      context.print(formatRelease(release, { format: output, hideNotes }));
    });
  },
});

/** Source: Helm `Install.NameAndChart`. */
function nameAndChart(args: readonly string[], generate: boolean, nowMs: number): { name: string; chart: string } {
  const [first = "", second] = args;
  if (args.length > 2)
    throw invalid(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(", ")}`);
  if (args.length === 2) {
    if (generate) throw invalid("cannot set --generate-name and also specify a name");
    return { name: first, chart: second ?? "" };
  }
  if (!generate || first === "") throw invalid("must either provide a name or specify --generate-name");
  const base = first.replace(/\/+$/, "").split("/").at(-1) ?? "";
  const stem = base === "" || base === "." ? "chart" : base.replace(/\.tgz$/, "").split(".")[0];
  return { name: `${stem}-${Math.floor(nowMs / 1000)}`, chart: first };
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_ARGUMENT", message, { class: "terminal" });
}
