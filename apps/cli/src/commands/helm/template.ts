import { join } from "node:path";
import { EddyError } from "@eddy/core/errors";
import {
  type Capabilities,
  checkInstallable,
  defaultCapabilities,
  generatedName,
  HelmError,
  type HelmDialect,
  nameFromTemplate,
  parseKubeVersion,
  printTemplate,
  renderChart,
  type RenderedRelease,
} from "@eddy/helm";
import { ReleaseError } from "@eddy/runtime/helm";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagValues } from "../../command/flag.ts";
import { applyFlags, readRenderFlags, renderFlags, templateDryRunFlag } from "../../helm/action-flags.ts";
import { chartFlags } from "../../helm/chart-flags.ts";
import { dialectFlag, dialectOf } from "../../helm/dialect-flag.ts";
import { obtainChart } from "../../helm/obtain-chart.ts";
import { programRenderer } from "../../helm/program-renderer.ts";
import { releaseNamespace, releasePorts, runHelm } from "../../helm/release-ports.ts";
import { renderWithCluster } from "../../helm/render-with-cluster.ts";
import { composeValues, valuesFlags } from "../../helm/values-flags.ts";
import { writeManifests } from "../../helm/write-manifests.ts";

const flags = {
  ...applyFlags,
  ...renderFlags,
  ...chartFlags,
  ...valuesFlags,
  ...dialectFlag,
  showOnly: flag.list("only show manifests rendered from the given templates", { short: "s" }),
  outputDir: flag.text("writes the executed templates to files in output-dir instead of stdout"),
  includeCrds: flag.boolean("include CRDs in the templated output"),
  skipTests: flag.boolean("skip tests from templated output"),
  isUpgrade: flag.boolean("set .Release.IsUpgrade instead of .Release.IsInstall"),
  kubeVersion: flag.text("Kubernetes version used for Capabilities.KubeVersion"),
  apiVersions: flag.list("Kubernetes api versions used for Capabilities.APIVersions", { short: "a" }),
  releaseName: flag.boolean("use release name in the output-dir path"),
  nameTemplate: flag.text("specify template used to name the release"),
  generateName: flag.boolean("generate the name (and omit the NAME parameter)", { short: "g" }),
  validate: flag.boolean("deprecated: use --dry-run=server", { hidden: true }),
  ...templateDryRunFlag,
};

type Values = FlagValues<typeof flags>;

/** `helm template`: Helm's bytes, with no cluster. Source: Helm `pkg/cmd/template.go`. */
export const helmTemplateCommand: Command = defineCommand({
  path: ["helm", "template"],
  summary: "Locally render templates",
  args: [{ name: "name-and-chart", many: true }],
  flags,
  examples: [
    ["Render a chart from a folder", "helm template web ./charts/web --set replicas=2 -n team"],
    ["Render it as Helm 3 does", "helm template web ./charts/web --dialect helm3"],
  ],
  run({ args, flags: values }, context) {
    return runHelm(context, "", async () => {
      const rendered = await render(args, values, context);
      if (values.outputDir === undefined) context.print(printTemplate(rendered.release, rendered.print));
      else writeAll(values.outputDir, rendered, values, context);
    });
  },
});

interface Rendered {
  readonly release: RenderedRelease;
  readonly print: NonNullable<Parameters<typeof printTemplate>[1]>;
  readonly name: string;
}

async function render(args: readonly string[], values: Values, context: CommandContext): Promise<Rendered> {
  const dialect = dialectOf(values.dialect);
  const { name, chart: word } = nameAndChart(args, values, context.clock.now());
  const { skipSchemaValidation, subNotes, takeOwnership, labels } = readRenderFlags(values);
  const onWarning = (line: string): void => context.status.plain(`level=WARN msg=${JSON.stringify(line)}`);
  const capabilities = capabilitiesOf(values, dialect);
  const userValues = await composeValues(values, context, dialect);
  const chart = await obtainChart(word, values, context, { dialect, onWarning });
  checkInstallable(chart, dialect);
  if (chart.metadata.deprecated) onWarning("this chart is deprecated");
  const postRenderer = programRenderer({ ...values, dialect }, context);
  const { isUpgrade, includeCrds, skipTests, noHooks, showOnly } = values;
  const print = { dialect, includeCrds, skipTests, noHooks, showOnly };
  const shared = { dialect, values: userValues, skipSchemaValidation, subNotes, onWarning };
  if (values.validate || values.dryRun === "server") {
    const { namespace, ...ports } = await releasePorts(context, { postRenderer });
    const request = { ...shared, name, namespace, chart, isUpgrade, takeOwnership, labels };
    return { release: await explaining(() => renderWithCluster(request, ports)), name, print };
  }
  const namespace = await releaseNamespace(context).catch(() => "default");
  const identity = { name, namespace, isUpgrade };
  const options = { ...shared, release: identity, capabilities, ...(postRenderer ? { postRenderer } : {}) };
  return { release: await explaining(async () => renderChart(chart, options)), name, print };
}

const begun: readonly string[] = ["HELM_TEMPLATE", "HELM_MANIFEST", "HELM_BUDGET", "HELM_POST_RENDER"];

/** In Helm's words alone, which say where themselves; what fails after the release has begun with what Helm adds then. */
async function explaining<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const cause = error instanceof ReleaseError ? error.cause : error;
    if (!(cause instanceof HelmError)) throw error;
    const more = begun.includes(cause.code) ? "\n\nUse --debug flag to render out invalid YAML" : "";
    throw new HelmError(cause.message + more, { code: cause.code, cause });
  }
}

function nameAndChart(args: readonly string[], values: Values, nowMs: number): { name: string; chart: string } {
  const [first, second] = args;
  if (first === undefined) throw invalid('"helm template" requires at least 1 argument');
  if (args.length > 2)
    throw invalid(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(", ")}`);
  if (second !== undefined) {
    if (values.generateName) throw invalid("cannot set --generate-name and also specify a name");
    if (values.nameTemplate) throw invalid("cannot set --name-template and also specify a name");
    return { name: first, chart: second };
  }
  if (values.nameTemplate) return { name: nameFromTemplate(values.nameTemplate), chart: first };
  return { name: values.generateName ? generatedName(first, nowMs) : "release-name", chart: first };
}

function capabilitiesOf({ kubeVersion, apiVersions }: Values, dialect: HelmDialect): Capabilities {
  const base = defaultCapabilities(dialect);
  return {
    ...base,
    ...(kubeVersion === undefined || kubeVersion === "" ? {} : { kubeVersion: versionOf(kubeVersion, dialect) }),
    apiVersions: [...base.apiVersions, ...apiVersions],
  };
}

function versionOf(text: string, dialect: HelmDialect): Capabilities["kubeVersion"] {
  try {
    return parseKubeVersion(text, dialect);
  } catch (cause) {
    throw new HelmError(`invalid kube version '${text}': ${(cause as Error).message}`, { cause });
  }
}

function writeAll(folder: string, { release, name, print }: Rendered, values: Values, context: CommandContext): void {
  const below = values.releaseName ? join(folder, name) : folder;
  const tell = (line: string): void => context.print(`${line}\n`);
  if (print.includeCrds === true) writeManifests(folder, release.crds, tell);
  const hooks = print.noHooks === true ? [] : release.hooks;
  const shown = hooks.filter(({ events }) => !(print.skipTests === true && events.includes("test")));
  writeManifests(
    below,
    [...release.manifests, ...shown.map(({ path, manifest }) => ({ path, content: manifest }))],
    tell,
  );
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_ARGUMENT", message, { class: "terminal" });
}
