import { EddyError } from "@eddy/core/errors";
import { upgradeRelease, type ReleasePorts, type ValuesReuse } from "@eddy/runtime/helm";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagValues } from "../../command/flag.ts";
import {
  applyFlags,
  dryRunFlag,
  outputFlag,
  readApplyFlags,
  readRenderFlags,
  renderFlags,
  serverSideFlag,
  waitFlag,
} from "../../helm/action-flags.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { dialectFlag, dialectOf } from "../../helm/dialect-flag.ts";
import { installChart, readChart } from "../../helm/install-chart.ts";
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
  ...serverSideFlag,
  install: flag.boolean("if a release by this name doesn't already exist, run an install", { short: "i" }),
  resetValues: flag.boolean("reset the values to the ones built into the chart"),
  reuseValues: flag.boolean("reuse the last release's values and merge in any overrides"),
  resetThenReuseValues: flag.boolean("reset to the chart's values, then merge in the last release's and any overrides"),
  historyMax: flag.integer(10, "limit the maximum number of revisions saved per release. Use 0 for no limit"),
  cleanupOnFail: flag.boolean("allow deletion of new resources created in this upgrade when upgrade fails"),
};

/** `helm upgrade`. */
export const helmUpgradeCommand: Command = defineCommand({
  path: ["helm", "upgrade"],
  summary: "Upgrade a release",
  args: [
    { name: "release", required: true },
    { name: "chart", required: true },
  ],
  flags,
  examples: [
    ["Upgrade a release, or install it", "helm upgrade --install web ./charts/web -f values.yaml -n team"],
    ["Change one value and keep the others", "helm upgrade web ./charts/web --reuse-values --set replicas=3"],
  ],
  async run({ args: [name = "", chart = ""], flags: values }, context) {
    let lead = "";
    return runHelm(
      context,
      () => lead,
      async () => {
        const postRenderer = programRenderer({ ...values, dialect: dialectOf(values.dialect) }, context);
        const ports = await releasePorts(context, { postRenderer });
        const { output = "table", hideNotes } = values;
        if (values.install && (await isMissing(name, ports))) {
          if (output === "table") context.print(`Release "${name}" does not exist. Installing it now.\n`);
          const options = { name, chart, serverSideApply: values.serverSide !== "false", replace: true };
          const installed = await installChart(options, values, { context, ports });
          return context.print(formatRelease(installed, { format: output, hideNotes }));
        }
        const request = await requestOf({ name, word: chart }, values, context);
        lead = "UPGRADE FAILED";
        const release = await upgradeRelease(request, ports);
        if (output === "table") context.print(`Release "${name}" has been upgraded. Happy Helming!\n`);
        context.print(formatRelease(release, { format: output, hideNotes }));
      },
    );
  },
});

async function isMissing(name: string, { storage }: ReleasePorts): Promise<boolean> {
  const last = (await storage.revisions(name)).at(-1);
  return !last || last.status === "uninstalled";
}

async function requestOf(
  { name, word }: { name: string; word: string },
  values: FlagValues<typeof flags>,
  context: CommandContext,
): Promise<Parameters<typeof upgradeRelease>[0]> {
  const { chart, values: given, dialect } = await readChart(word, values, context);
  const reuse = reuseOf(values);
  const { wait, dryRun, serverSide, historyMax, cleanupOnFail } = values;
  if (historyMax < 0) throw new EddyError("INVALID_FLAG", "want 0 or more for --history-max", { class: "terminal" });
  return {
    ...readApplyFlags(values),
    ...readRenderFlags(values),
    name,
    chart,
    values: given,
    dialect,
    wait,
    dryRun,
    timeoutMs: context.flags.timeout,
    serverSideApply: serverSide,
    maxHistory: historyMax,
    cleanupOnFail,
    ...(reuse ? { reuse } : {}),
  };
}

function reuseOf(values: FlagValues<typeof flags>): ValuesReuse | undefined {
  if (values.resetValues) return "reset";
  if (values.reuseValues) return "reuse";
  return values.resetThenReuseValues ? "reset-then-reuse" : undefined;
}
