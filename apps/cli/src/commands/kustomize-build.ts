import { resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { createKustomizeCharts } from "@eddy/helm";
import { kustomizeVersion, type BuildOptions, type BuildResult, type HelmChartRenderer } from "@eddy/kustomize";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag, type FlagValues } from "../command/flag.ts";
import { describeFailure } from "../describe-failure.ts";
import { resolveBuildTarget } from "../kustomize/build-target.ts";
import { buildWithRemotes } from "../kustomize/build-with-remotes.ts";
import { createRemoteFetcher } from "../kustomize/fetch-remote.ts";
import { maskPasswords } from "../kustomize/mask-passwords.ts";
import { loadSshFiles } from "../kustomize/ssh-files.ts";
import { writeResult } from "../kustomize/write-result.ts";

const restrictors = ["LoadRestrictionsRootOnly", "LoadRestrictionsNone"] as const;
const orders = ["legacy", "none"] as const;

const flags = {
  output: flag.text("write to this file, or to one file an object if it is a directory", { short: "o" }),
  loadRestrictor: flag.text("LoadRestrictionsNone: files may be outside of the directory", {
    placeholder: restrictors.join("|"),
  }),
  reorder: flag.text("deprecated: the order of the objects; use sortOptions", { placeholder: orders.join("|") }),
  enableManagedbyLabel: flag.boolean("deprecated: use managedByLabel in buildMetadata"),
  enableHelm: flag.boolean("render the Helm charts of kustomizations, where they are vendored; none is pulled"),
  helmCommand: flag.text("accepted; no helm is run"),
  helmApiVersions: flag.list("Kubernetes API versions that charts see"),
  helmKubeVersion: flag.text("the version of Kubernetes that charts see"),
  helmDebug: flag.boolean("accepted; for Helm charts"),
  enableAlphaPlugins: flag.boolean("accepted; a kustomization with plugins of its own is refused: none is ever run"),
  enableExec: flag.boolean("accepted; as --enable-alpha-plugins"),
  network: flag.boolean("accepted; only functions use it"),
  networkName: flag.text("accepted; only functions use it"),
  mount: flag.list("accepted; only functions use it"),
  env: flag.list("accepted; only functions use it", { short: "e" }),
  asCurrentUser: flag.boolean("accepted; only functions use it"),
};

/** `kustomize build`: what upstream's `kustomize build` prints, from our own engine, with remote bases. */
export const kustomizeBuildCommand: Command = defineCommand({
  path: ["kustomize", "build"],
  summary: "Build a kustomization target from a directory or URL",
  args: [{ name: "dir", many: true }],
  flags,
  examples: [
    ["Build an overlay", "kustomize build overlays/production"],
    ["Build from a repository", "kustomize build 'https://git.example.com/team/app//overlays/production?ref=v1.0.6'"],
  ],
  async run({ args, flags, given }, context) {
    try {
      tellDeprecations(given, context);
      const options = buildOptions(flags, context);
      if (args.length > 1) throw invalid("specify one path to kustomization.yaml");
      const result = await build(args[0] ?? ".", options, context);
      if (flags.output === undefined || flags.output === "") return context.print(result.text());
      return await writeResult(resolve(flags.output), result);
    } catch (error) {
      const { message, hint } = describeFailure(error, { verbose: context.flags.verbose });
      context.status.plain(`Error: ${maskPasswords(message)}`);
      if (hint !== undefined) context.status.plain(`  ${hint}`);
      return 1;
    }
  },
});

async function build(word: string, options: BuildOptions, context: CommandContext): Promise<BuildResult> {
  const { signal, io } = context;
  const target = await resolveBuildTarget(word);
  const fetch = createRemoteFetcher({ signal, sshAuth: () => loadSshFiles(io.env["HOME"]) });
  // A build that lacks something is done again, and so are its warnings: the last one's count.
  let warnings: string[] = [];
  try {
    return await buildWithRemotes(
      (remote) => {
        warnings = [];
        return target({ ...options, remote, onWarning: (message) => void warnings.push(message) });
      },
      fetch,
      { signal },
    );
  } finally {
    for (const message of warnings) context.status.plain(`# Warning: ${message}`);
  }
}

/** What flags and environment mean. @throws EddyError INVALID_FLAG in upstream's words */
function buildOptions(values: FlagValues<typeof flags>, { io }: CommandContext): BuildOptions {
  const restrictor = choice("load-restrictor", values.loadRestrictor, restrictors);
  const order = choice("reorder", values.reorder, orders);
  const isManaged = values.enableManagedbyLabel || io.env["KUSTOMIZE_ENABLE_MANAGEDBY_LABEL"] === "on";
  return {
    loadRestrictor: restrictor === "LoadRestrictionsNone" ? "none" : "root",
    order: order ?? "legacy",
    helm: values.enableHelm ? chartsOf(values) : { render: refuseChart },
    ...(isManaged ? { managedByLabel: `kustomize-${kustomizeVersion}` } : {}),
  };
}

function chartsOf({ helmApiVersions, helmKubeVersion }: FlagValues<typeof flags>): HelmChartRenderer {
  return createKustomizeCharts({
    apiVersions: helmApiVersions,
    ...(helmKubeVersion === undefined ? {} : { kubeVersion: helmKubeVersion }),
  });
}

function refuseChart({ name }: Readonly<Record<string, unknown>>): never {
  const what = typeof name === "string" ? `the chart '${name}'` : "a chart";
  throw new EddyError("HELM_DISABLED", `inflate ${what}: must specify --enable-helm`, { class: "terminal" });
}

function choice<T extends string>(name: string, text: string | undefined, choices: readonly T[]): T | undefined {
  const found = choices.find((known) => known === text);
  if (found !== undefined || text === undefined || (text === "" && name === "load-restrictor")) return found;
  throw invalid(`illegal flag value --${name} ${text}; legal values: [${choices.join(" ")}]`);
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_FLAG", message, { class: "terminal" });
}

function tellDeprecations(given: ReadonlySet<string>, { status }: CommandContext): void {
  if (given.has("reorder"))
    status.plain("Flag --reorder has been deprecated, use the new 'sortOptions' field in kustomization.yaml instead.");
  if (given.has("enableManagedbyLabel"))
    status.plain(
      "Flag --enable-managedby-label has been deprecated, The flag `enable-managedby-label` has been deprecated. " +
        "Use the `managedByLabel` option in the `buildMetadata` field instead.",
    );
}
