import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatDocument } from "../output/object-formats.ts";

/** `migrate flux-v1`: a repository of Flux v1 and its Helm operator, as Flux v2 objects. Flags are named as fluxd's were. */
export const migrateFluxV1Command: Command = defineCommand({
  path: ["migrate", "flux-v1"],
  summary: "Migrate a Flux v1 repository to Flux v2 objects",
  details:
    "Prints a GitRepository and a Kustomization for each path, and rewrites HelmReleases of the Helm operator and objects that were " +
    "ignored. Annotations that automate, lock and filter stay: they mean the same. No command of a .flux.yaml is run.",
  flags: {
    path: flag.textWithDefault(".", "a clone of the repository", { short: "f" }),
    gitUrl: flag.text("URL of the repository, as the cluster reaches it"),
    gitBranch: flag.textWithDefault("master", "branch that is synced"),
    gitPath: flag.list("paths within the repository"),
    gitSecret: flag.textWithDefault("flux-git-deploy", "Secret with the deploy key; empty for none"),
    name: flag.textWithDefault("flux-system", "name of the objects"),
    syncGarbageCollection: flag.boolean("what goes from Git goes from the cluster"),
    sops: flag.boolean("files are encrypted with SOPS"),
    dryRun: flag.boolean("say what would be done, and change no file"),
  },
  examples: [
    ["See what becomes of a clone", "migrate flux-v1 --git-url=ssh://git@github.com/org/repo --git-path=k8s --dry-run"],
  ],
  async run({ flags }, context) {
    if (!flags.gitUrl)
      throw new EddyError("USAGE", "--git-url is required", {
        class: "terminal",
        hint: "it is what fluxd was started with",
      });
    const [{ diskTree }, { planRepository }] = await Promise.all([
      import("@eddy/files"),
      import("../migrate/flux-v1/plan-repository.ts"),
    ]);
    const plan = planRepository(diskTree(flags.path), {
      name: flags.name,
      namespace: await context.namespace(),
      url: flags.gitUrl,
      branch: flags.gitBranch,
      paths: flags.gitPath,
      garbageCollection: flags.syncGarbageCollection,
      sops: flags.sops,
      secret: flags.gitSecret || undefined,
    });
    for (const warning of plan.warnings) context.status.warning(warning);
    for (const change of plan.changes) context.status.generate(change);
    context.print(plan.objects.map(formatDocument).join(""));
    if (flags.dryRun) return context.status.success("dry-run mode enabled, no file was changed");
    for (const [path, text] of plan.files) await writeFile(join(flags.path, path), text);
    context.status.success(`${plan.files.size} files migrated; apply what is printed, and stop fluxd before`);
  },
});
