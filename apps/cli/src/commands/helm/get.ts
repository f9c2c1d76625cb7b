import type { Json, JsonObject } from "@eddy/core/json";
import { isObject } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import { formatGoJson, type Release } from "@eddy/runtime/helm";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagSpec } from "../../command/flag.ts";
import { outputFlag } from "../../helm/action-flags.ts";
import { formatToSecond } from "../../helm/go-dates.ts";
import { computedValues, formatHooks, formatRelease } from "../../helm/print-release.ts";
import { formatData } from "../../helm/print-values.ts";
import { readRelease, releasePorts, runHelm } from "../../helm/release-ports.ts";

const revisionFlag: { revision: FlagSpec<number> } = {
  revision: flag.integer(0, "get the named release with revision"),
};
const args = [{ name: "release", required: true }] as const;

/** Reads the release that a command names, and prints what `format` makes of it. */
function printRelease(
  context: CommandContext,
  { name = "", revision }: { name: string | undefined; revision: number },
  format: (release: Release) => string,
): Promise<number> {
  return runHelm(context, "", async () => {
    const { storage } = await releasePorts(context);
    context.print(format(await readRelease(storage, name, revision)));
  });
}

/** `helm get values`. */
export const helmGetValuesCommand: Command = defineCommand({
  path: ["helm", "get", "values"],
  summary: "Download the values file for a named release",
  args,
  flags: { ...revisionFlag, ...outputFlag, all: flag.boolean("dump all (computed) values", { short: "a" }) },
  examples: [["Print the values that were given", "helm get values web -n team"]],
  run({ args: [name], flags: { revision, output = "table", all } }, context) {
    return printRelease(context, { name, revision }, (release) => {
      const values: Json = all ? computedValues(release) : (release.config ?? null);
      if (output !== "table") return formatData(output, values, formatGoJson(values));
      return `${all ? "COMPUTED VALUES" : "USER-SUPPLIED VALUES"}:\n${dump(values)}`;
    });
  },
});

/** `helm get manifest`. */
export const helmGetManifestCommand: Command = defineCommand({
  path: ["helm", "get", "manifest"],
  summary: "Download the manifest for a named release",
  args,
  flags: revisionFlag,
  examples: [["Print what a revision applied", "helm get manifest web --revision 2 -n team"]],
  run: ({ args: [name], flags: { revision } }, context) =>
    printRelease(context, { name, revision }, ({ manifest = "" }) => `${manifest}\n`),
});

/** `helm get hooks`. */
export const helmGetHooksCommand: Command = defineCommand({
  path: ["helm", "get", "hooks"],
  summary: "Download all hooks for a named release",
  args,
  flags: revisionFlag,
  examples: [["Print the hooks of a release", "helm get hooks web -n team"]],
  run: ({ args: [name], flags: { revision } }, context) => printRelease(context, { name, revision }, formatHooks),
});

/** `helm get notes`. */
export const helmGetNotesCommand: Command = defineCommand({
  path: ["helm", "get", "notes"],
  summary: "Download the notes for a named release",
  args,
  flags: revisionFlag,
  examples: [["Print the notes again", "helm get notes web -n team"]],
  run: ({ args: [name], flags: { revision } }, context) =>
    printRelease(context, { name, revision }, ({ info: { notes = "" } }) => (notes === "" ? "" : `NOTES:\n${notes}\n`)),
});

/** `helm get all`. */
export const helmGetAllCommand: Command = defineCommand({
  path: ["helm", "get", "all"],
  summary: "Download all information for a named release",
  args,
  flags: revisionFlag,
  examples: [["Print everything that is known of a release", "helm get all web -n team"]],
  run: ({ args: [name], flags: { revision } }, context) =>
    printRelease(context, { name, revision }, (release) => formatRelease(release, { format: "table", whole: true })),
});

/** `helm get metadata`. */
export const helmGetMetadataCommand: Command = defineCommand({
  path: ["helm", "get", "metadata"],
  summary: "Fetch metadata for a given release",
  args,
  flags: { ...revisionFlag, ...outputFlag },
  examples: [["Print chart, version and status", "helm get metadata web -n team -o json"]],
  run: ({ args: [name], flags: { revision, output = "table" } }, context) =>
    printRelease(context, { name, revision }, (release) => {
      const metadata = metadataOf(release);
      if (output === "table") return formatMetadata(metadata);
      const fields = Object.entries(metadata).filter(([, value]) => value !== undefined && !isEmpty(value));
      const json = `{${fields.map(([key, value]) => `"${key}":${formatGoJson(value as Json)}`).join(",")}}`;
      return formatData(output, null, json);
    }),
});

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function metadataOf({ name, namespace, version, info, chart, labels, apply_method }: Release): JsonObject {
  const metadata: JsonObject = chart.metadata ?? {};
  return {
    name,
    chart: metadata["name"] ?? "",
    version: metadata["version"] ?? "",
    appVersion: metadata["appVersion"] ?? "",
    annotations: metadata["annotations"],
    labels: { ...labels },
    dependencies: metadata["dependencies"],
    namespace,
    revision: version,
    status: info.status,
    deployedAt: formatToSecond(info.last_deployed),
    applyMethod: apply_method,
  };
}

function formatMetadata(metadata: JsonObject): string {
  const text = (key: string): string => String(metadata[key] ?? "");
  const pairs = (key: string): string =>
    Object.entries(isObject(metadata[key]) ? metadata[key] : {})
      .map(([name, value]) => `${name}=${String(value)}`)
      .sort()
      .join(",");
  const dependencies = Array.isArray(metadata["dependencies"]) ? metadata["dependencies"].filter(isObject) : [];
  const names = dependencies.map(({ name }) => String(name)).sort();
  const methods: Record<string, string> = {
    "": "client-side apply (defaulted)",
    csa: "client-side apply",
    ssa: "server-side apply",
  };
  return [
    `NAME: ${text("name")}`,
    `CHART: ${text("chart")}`,
    `VERSION: ${text("version")}`,
    `APP_VERSION: ${text("appVersion")}`,
    `ANNOTATIONS: ${pairs("annotations")}`,
    `LABELS: ${pairs("labels")}`,
    `DEPENDENCIES: ${names.join(",")}`,
    `NAMESPACE: ${text("namespace")}`,
    `REVISION: ${text("revision")}`,
    `STATUS: ${text("status")}`,
    `DEPLOYED_AT: ${text("deployedAt")}`,
    `APPLY_METHOD: ${methods[text("applyMethod")] ?? `unknown (${JSON.stringify(text("applyMethod"))})`}`,
    "",
  ].join("\n");
}
