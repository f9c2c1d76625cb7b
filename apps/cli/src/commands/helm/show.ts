import { type Chart, formatMetadata, listCrds } from "@eddy/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { obtainChart } from "../../helm/obtain-chart.ts";
import { runHelm } from "../../helm/release-ports.ts";

type Part = "all" | "chart" | "values" | "readme" | "crds";

const flags = { ...chartFlags, jsonpath: flag.text("refused: use `--output` of another program to pick a value") };

function showCommand(part: Part, summary: string): Command {
  return defineCommand({
    path: ["helm", "show", part],
    summary,
    args: [{ name: "chart", required: true }],
    flags,
    examples: [[summary, `helm show ${part} ./charts/web`]],
    run({ args, flags: values }, context) {
      return runHelm(context, "", async () => {
        if (values.jsonpath)
          throw new Error("--jsonpath is not built: pipe `helm show values` to a program that picks");
        context.print(show(await obtainChart(args[0] ?? "", values, context), part));
      });
    },
  });
}

/** Source: Helm `pkg/action/show.go`. */
function show(chart: Chart, part: Part): string {
  const all = part === "all";
  const line = all ? "---\n" : "";
  const values = chart.raw.find(({ name }) => name === "values.yaml");
  const readme = chart.files.find(({ name }) => ["readme.md", "readme.txt", "readme"].includes(name.toLowerCase()));
  const text = (data: Uint8Array): string => Buffer.from(data).toString("utf8");
  return [
    all || part === "chart" ? `${formatMetadata(chart.metadata)}\n` : "",
    (all || part === "values") && values !== undefined ? `${line}${text(values.data)}\n` : "",
    (all || part === "readme") && readme !== undefined ? `${line}${text(readme.data)}\n` : "",
    ...(all || part === "crds" ? listCrds(chart).map(({ content }) => crdText(content)) : []),
  ].join("");
}

function crdText(content: string): string {
  return `${content.startsWith("---") ? "" : "---\n"}${content}\n`;
}

/** `helm show all`. */
export const helmShowAllCommand: Command = showCommand("all", "Show all information of the chart");
/** `helm show chart`. */
export const helmShowChartCommand: Command = showCommand("chart", "Show the chart's definition");
/** `helm show values`. */
export const helmShowValuesCommand: Command = showCommand("values", "Show the chart's values");
/** `helm show readme`. */
export const helmShowReadmeCommand: Command = showCommand("readme", "Show the chart's README");
/** `helm show crds`. */
export const helmShowCrdsCommand: Command = showCommand("crds", "Show the chart's CRDs");
