import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { diskTree } from "@eddy/files";
import { formatLintMessage, lintChart, type LintMessage, parseKubeVersion, type Values } from "@eddy/helm";
import { unpackTree } from "@eddy/runtime/artifact";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagValues } from "../../command/flag.ts";
import { dialectFlag, dialectOf } from "../../helm/dialect-flag.ts";
import { releaseNamespace, runHelm } from "../../helm/release-ports.ts";
import { composeValues, valuesFlags } from "../../helm/values-flags.ts";

const flags = {
  ...valuesFlags,
  ...dialectFlag,
  strict: flag.boolean("fail on lint warnings"),
  withSubcharts: flag.boolean("lint dependent charts"),
  quiet: flag.boolean("print only warnings and errors"),
  skipSchemaValidation: flag.boolean("if set, disables JSON schema validation"),
  kubeVersion: flag.text("Kubernetes version used for capabilities and deprecation checks"),
};

/** `helm lint`. Source: Helm `pkg/cmd/lint.go`. */
export const helmLintCommand: Command = defineCommand({
  path: ["helm", "lint"],
  summary: "Examine a chart for possible issues",
  args: [{ name: "path", many: true, required: true }],
  flags,
  examples: [["Examine a chart", "helm lint ./charts/web --strict"]],
  run({ args, flags: values }, context) {
    return runHelm(context, "", async () => {
      const paths = values.withSubcharts ? args.flatMap((path) => [path, ...subcharts(join(path, "charts"))]) : args;
      const userValues = await composeValues(values, context, dialectOf(values.dialect));
      const namespace = await releaseNamespace(context).catch(() => "default");
      let failed = 0;
      let noted = 0;
      for (const path of paths) {
        const { text, isNoted, isFailed } = await lintOne(path, values, { values: userValues, namespace });
        context.print(text);
        if (isFailed) failed++;
        if (isNoted) noted++;
      }
      const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`;
      if (failed > 0) throw new EddyError("HELM_LINT", summary, { class: "terminal" });
      if (!values.quiet || noted > 0) context.print(`${summary}\n`);
    });
  },
});

interface LintResult {
  readonly text: string;
  readonly isNoted: boolean;
  readonly isFailed: boolean;
}

async function lintOne(
  path: string,
  flagValues: FlagValues<typeof flags>,
  request: { values: Values; namespace: string },
): Promise<LintResult> {
  const { strict, quiet, kubeVersion } = flagValues;
  const dialect = dialectOf(flagValues.dialect);
  let messages: LintMessage[] = [];
  let broken: string | undefined;
  try {
    const { tree, folder } = await chartTree(path);
    const { skipSchemaValidation } = flagValues;
    const version = kubeVersion ? { kubeVersion: parseKubeVersion(kubeVersion, dialect) } : {};
    messages = lintChart(tree, folder, { dialect, shownPath: path, skipSchemaValidation, ...request, ...version });
  } catch (error) {
    broken = messageOf(error);
  }
  const isNoted = broken !== undefined || messages.some(({ severity }) => severity !== "INFO");
  const isFailure = ({ severity }: LintMessage): boolean => severity === "ERROR" || (strict && severity === "WARNING");
  const isFailed = broken !== undefined || messages.some(isFailure);
  if (quiet && !isNoted) return { text: "", isNoted, isFailed };
  const shown = messages.filter(({ severity }) => !quiet || severity !== "INFO").map(formatLintMessage);
  const lines = broken === undefined ? shown : [`Error ${broken}`];
  return { text: [`==> Linting ${path}`, ...lines, "", ""].join("\n"), isNoted, isFailed };
}

async function chartTree(path: string): Promise<{ tree: FileTree; folder: string }> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) {
    const tree = await unpackTree(readFileSync(path));
    return { tree, folder: tree.list("")?.[0] ?? "" };
  }
  const tree = stats?.isDirectory() ? diskTree(path) : undefined;
  if (tree?.kindOf("Chart.yaml") === undefined)
    throw new Error(
      `unable to check Chart.yaml file in chart: stat ${join(path, "Chart.yaml")}: no such file or directory`,
    );
  return { tree, folder: "" };
}

function subcharts(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (/\.(tgz|tar\.gz)$/.test(entry.name)) return [path];
    if (!entry.isDirectory()) return [];
    const isChart = statSync(join(path, "Chart.yaml"), { throwIfNoEntry: false }) !== undefined;
    return [...(isChart ? [path] : []), ...subcharts(join(path, "charts"))];
  });
}
