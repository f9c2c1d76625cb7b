import { isObject } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import { load } from "@eddy/goyaml";

/** What a `.flux.yaml` asks for, without running anything. */
export type ManifestGeneration =
  /** Files are read as they are. */
  | { readonly mode: "files" }
  /** `kustomize build`, with the file that patches what it gives. */
  | { readonly mode: "kustomize"; readonly folder: string; readonly patchFile: string | undefined }
  /** Something that cannot be had without running commands, and what to do instead. */
  | { readonly mode: "refused"; readonly reason: string };

const kustomizeBuild = /^\s*(?:kustomize|kubectl)\s+(?:build|kustomize)(?:\s+([\w./-]+))?\s*$/;

/**
 * Reads a `.flux.yaml`. Its commands are never run: `kustomize build` is what a Kustomization does by itself; others are refused, with
 * what to do instead. Pure. Source: fluxcd/flux pkg/manifests/configfile.go; spec/flux1-keel-flagger.md 1.10.
 */
export function readFluxYaml(text: string): ManifestGeneration {
  let config: unknown;
  try {
    config = load(text);
  } catch (error) {
    return { mode: "refused", reason: messageOf(error) };
  }
  if (!isObject(config) || config["version"] !== 1) return { mode: "refused", reason: "version is not 1" };
  const modes = ["commandUpdated", "patchUpdated", "scanForFiles"].filter((mode) => config[mode] !== undefined);
  const [mode] = modes;
  if (mode === undefined || modes.length > 1)
    return { mode: "refused", reason: "want exactly one of commandUpdated, patchUpdated, scanForFiles" };
  if (mode === "scanForFiles") return { mode: "files" };
  const section = isObject(config[mode]) ? config[mode] : {};
  const generators = Array.isArray(section["generators"]) ? section["generators"] : [];
  const commands = generators.map((generator) => (isObject(generator) ? String(generator["command"] ?? "") : ""));
  const [command = ""] = commands;
  const [, folder = "."] = kustomizeBuild.exec(command) ?? [];
  if (commands.length !== 1 || !kustomizeBuild.test(command)) return { mode: "refused", reason: refusalOf(commands) };
  const patchFile = typeof section["patchFile"] === "string" ? section["patchFile"] : undefined;
  return { mode: "kustomize", folder, patchFile };
}

/** By the first word of a command. */
const alternatives: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bhelm\b/, "a HelmRelease renders charts"],
  [/\b(?:kustomize|kubectl)\b/, "a Kustomization for each folder builds them"],
  [/\bsops\b/, "spec.decryption of a Kustomization decrypts"],
  [/\benvsubst\b/, "spec.postBuild of a Kustomization substitutes"],
];

function refusalOf(commands: readonly string[]): string {
  if (commands.length === 0) return "there are no generators";
  const shown = commands.map((command) => JSON.stringify(command)).join(", ");
  const instead = alternatives
    .filter(([pattern]) => commands.some((command) => pattern.test(command)))
    .map(([, text]) => text);
  const rest = "run what is left in CI, `eddy push artifact`, and an OCIRepository";
  return `generators run commands, which is not done: ${shown}; instead, ${[...instead, rest].join("; ")}`;
}
