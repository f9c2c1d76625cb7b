import { EddyError, messageOf } from "@eddy/core/errors";
import { type Chart, formatMetadata, listCrds } from "@eddy/helm";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { obtainChart } from "../../helm/obtain-chart.ts";
import { runHelm } from "../../helm/release-ports.ts";

type Part = "all" | "chart" | "values" | "readme" | "crds";

const jsonpath = flag.text("supply a JSONPath expression to filter the values");

function showCommand(part: Part, summary: string): Command {
  return defineCommand({
    path: ["helm", "show", part],
    summary,
    args: [{ name: "chart", required: true }],
    flags: part === "values" ? { ...chartFlags, jsonpath } : chartFlags,
    examples: [[summary, `helm show ${part} ./charts/web`]],
    run({ args, flags: values }, context) {
      return runHelm(context, "", async () => {
        const chart = await obtainChart(args[0] ?? "", values, context);
        const template = "jsonpath" in values ? values.jsonpath : undefined;
        context.print(show(chart, part, template ? await pick(chart, template, context) : undefined));
      });
    },
  });
}

/** What a template picks of the values. What it does not find is nothing on stdout, as with Helm, and a warning. */
async function pick({ values }: Chart, template: string, { status }: CommandContext): Promise<string> {
  const { evaluateTemplate, parseTemplate, printFound } = await import("../../json-path/index.ts");
  const parts = explaining(`error parsing jsonpath ${template}`, () => parseTemplate(template));
  try {
    return printFound(evaluateTemplate(parts, values));
  } catch (error) {
    status.plain(`level=WARN msg=${JSON.stringify(`evaluate --jsonpath: ${messageOf(error)}`)}`);
    return "";
  }
}

function explaining<T>(lead: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new EddyError("INVALID_FLAG", `${lead}: ${messageOf(cause)}`, { class: "terminal", cause });
  }
}

/** Source: Helm `pkg/action/show.go`. */
function show(chart: Chart, part: Part, picked: string | undefined): string {
  const all = part === "all";
  const line = all ? "---\n" : "";
  const values = chart.raw.find(({ name }) => name === "values.yaml");
  const readme = chart.files.find(({ name }) => ["readme.md", "readme.txt", "readme"].includes(name.toLowerCase()));
  const text = (data: Uint8Array): string => Buffer.from(data).toString("utf8");
  return [
    all || part === "chart" ? `${formatMetadata(chart.metadata)}\n` : "",
    (all || part === "values") && values !== undefined ? `${line}${picked ?? `${text(values.data)}\n`}` : "",
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
