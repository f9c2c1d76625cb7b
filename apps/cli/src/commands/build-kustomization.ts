import { kustomizationKind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import { requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { parseLocalSources, previewFlags } from "../preview/preview-flags.ts";

/** `build kustomization`: what a pass would apply for the files of a folder. Source of flags: fluxcd/flux2 cmd/flux. */
export const buildKustomizationCommand: Command = defineCommand({
  path: ["build"],
  summary: "Build Kustomization",
  details:
    "Builds the manifests of a folder as the controller would, with the Kustomization of the cluster or of a file, and prints them. " +
    "Nothing is written. Encrypted values stay encrypted and are masked; other values of Secrets are printed as they are in the files.",
  kinds: { where: (kind) => kind === kustomizationKind, words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags: {
    ...previewFlags,
    dryRun: flag.boolean("ask no cluster: needs --kustomization-file, and substitutes only the variables in it"),
  },
  examples: [
    ["Build the local manifests as they are built in the cluster", "build kustomization my-app --path ./manifests"],
    [
      "Build without a cluster",
      "build kustomization my-app --path ./manifests --kustomization-file ./my-app.yaml --dry-run",
    ],
    [
      "Build everything below",
      "build kustomization my-app --path ./clusters/prod -r --local-sources GitRepository/flux-system/flux-system=.",
    ],
  ],
  async run({ args, flags }, context) {
    const name = requiredName("kustomization", args);
    // Heavy, and needed by nothing but a build.
    const { buildPreview, buildRecursively } = await import("../preview/build-preview.ts");
    const { loadKustomization, requireFile } = await import("../preview/load-kustomization.ts");
    const { openLocalFolder } = await import("../preview/local-folder.ts");
    const { path = "", kustomizationFile: file } = flags;
    await openLocalFolder(path, { withinWorkingDirectory: flags.inMemoryBuild });
    if (flags.dryRun && file === undefined)
      throw new EddyError("USAGE", "dry-run mode requires a kustomization file", { class: "terminal" });
    if (file !== undefined) await requireFile(file);
    const localSources = parseLocalSources(flags.localSources);

    const kube = flags.dryRun ? undefined : await context.kube();
    const namespace = await context.namespace();
    const object = await loadKustomization({ name, namespace, file, kube });
    const build = flags.recursive ? buildRecursively : buildPreview;
    const objects = await build(object, path, {
      kube,
      ignorePaths: flags.ignorePaths,
      strict: flags.strictSubstitute,
      inMemory: flags.inMemoryBuild,
      localSources,
    });
    context.print(objects.map((each) => `${dump(each as unknown as Json)}---\n`).join(""));
  },
});
