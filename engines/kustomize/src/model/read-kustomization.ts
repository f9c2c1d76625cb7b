import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { type GeneratorArgs, type Kustomization, kustomizationShape } from "./kustomization.ts";
import { decodeShape } from "./shape.ts";

/** The names of kustomization files, in the order in which they are looked for. */
export const kustomizationFileNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

const version = "kustomize.config.k8s.io/v1beta1";
const componentVersion = "kustomize.config.k8s.io/v1alpha1";

/**
 * Reads a kustomization file: decoded strictly, legacy fields moved to their successors, defaults filled in.
 * @throws KustomizeError with file and field, in upstream's words
 */
export function readKustomization(
  text: string,
  file: string,
  directory: string,
  warn: (message: string) => void,
): Kustomization {
  const options = { what: "invalid Kustomization", file, strict: true };
  const read = (decodeShape(loadKustomization(text, file), kustomizationShape, options) ?? {}) as Kustomization;
  warnOfDeprecated(read, warn);
  const fixed = fixKustomization(read);
  const { kind: _kind, apiVersion: _version, ...fields } = fixed;
  if (Object.values(fields).every((value) => value === undefined || value === "")) {
    throw new KustomizeError("kustomization.yaml is empty", { position: { file } });
  }
  enforceVersion(fixed, file, directory);
  return fixed;
}

function loadKustomization(text: string, file: string): Json {
  try {
    return load(text, { file });
  } catch (cause) {
    throw new KustomizeError(`invalid Kustomization: ${cause instanceof Error ? cause.message : String(cause)}`, {
      position: { file, ...(cause instanceof EddyError ? cause.position : {}) },
      cause,
    });
  }
}

const deprecated: Readonly<Partial<Record<keyof Kustomization, string>>> = {
  bases: "resources",
  commonLabels: "labels",
  imageTags: "images",
  patchesJson6902: "patches",
  patchesStrategicMerge: "patches",
  vars: "replacements",
};

function warnOfDeprecated(kustomization: Kustomization, warn: (message: string) => void): void {
  for (const [field, successor] of Object.entries(deprecated)) {
    if (kustomization[field as keyof Kustomization] === undefined) continue;
    const experimental = field === "vars" ? "[EXPERIMENTAL] " : "";
    warn(
      `# Warning: '${field}' is deprecated. Please use '${successor}' instead. ${experimental}Run 'kustomize edit fix' to update your Kustomization automatically.`,
    );
  }
}

function fixKustomization(read: Kustomization): Kustomization {
  const { bases, imageTags, helmChartInflationGenerator, ...rest } = read;
  const kind = read.kind || "Kustomization";
  const fixed: Kustomization = {
    ...rest,
    kind,
    apiVersion: read.apiVersion || (kind === "Component" ? componentVersion : version),
  };
  if (bases?.length) fixed.resources = [...(read.resources ?? []), ...bases];
  if (imageTags?.length) fixed.images = [...(read.images ?? []), ...imageTags];
  for (const args of [...(read.configMapGenerator ?? []), ...(read.secretGenerator ?? [])]) moveEnv(args);
  if (helmChartInflationGenerator?.length) {
    fixed.helmCharts = [...(read.helmCharts ?? []), ...helmChartInflationGenerator.map(chartOfArgs)];
    const globals = globalsOf(helmChartInflationGenerator);
    if (read.helmGlobals === undefined && Object.keys(globals).length > 0) fixed.helmGlobals = globals;
  }
  return fixed;
}

function moveEnv(args: GeneratorArgs): void {
  if (!args.env) return;
  args.envs = [...(args.envs ?? []), args.env];
  delete args.env;
}

const chartFields: Readonly<Record<string, string>> = {
  chartName: "name",
  chartVersion: "version",
  chartRepoUrl: "repo",
  values: "valuesFile",
  valuesLocal: "valuesInline",
  valuesMerge: "valuesMerge",
  releaseName: "releaseName",
};

function chartOfArgs(args: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(chartFields).map(([from, to]) => [to, args[from]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function globalsOf(all: readonly Record<string, unknown>[]): Record<string, unknown> {
  const globals: Record<string, unknown> = {};
  for (const { helmHome, chartHome } of all) {
    if (helmHome) globals["configHome"] = helmHome;
    if (chartHome) globals["chartHome"] = chartHome;
  }
  return globals;
}

function enforceVersion({ kind = "", apiVersion = "" }: Kustomization, file: string, directory: string): void {
  const errors: string[] = [];
  if (kind !== "Kustomization" && kind !== "Component") errors.push("kind should be Kustomization or Component");
  const required = kind === "Component" ? componentVersion : version;
  if (apiVersion !== required) errors.push(`apiVersion for ${kind} should be ${required}`);
  if (errors.length === 0) return;
  throw new KustomizeError(`Failed to read kustomization file under ${directory}:\n${errors.join("\n")}`, {
    position: { file, field: kind === "Kustomization" || kind === "Component" ? "apiVersion" : "kind" },
  });
}
