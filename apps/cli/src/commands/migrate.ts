import { EddyError } from "@eddy/core/errors";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag, type FlagValues } from "../command/flag.ts";

const flags = {
  path: flag.text("the file or folder with the manifests to migrate", { short: "f" }),
  extensions: flag.list("the extensions of files that are migrated (default .yaml,.yml)", { short: "e" }),
  version: flag.text("the Flux minor version to migrate to (default: the newest)", { short: "v" }),
  yes: flag.boolean("do not ask before files are written", { short: "y" }),
  dryRun: flag.boolean("say what would be done, and change nothing"),
};

const starting = "starting migration of custom resources";

/**
 * `migrate`: objects in the cluster, or manifests in files, to the current versions of Flux's kinds. Source of flags and texts:
 * fluxcd/flux2 2.9.5 cmd/flux/migrate.go; unlike it, fields that are elsewhere in the newer version are moved.
 */
export const migrateCommand: Command = defineCommand({
  path: ["migrate"],
  summary: "Migrate the Flux custom resources to their latest API version",
  details:
    "Without -f, objects that the cluster stores in an older version are stored in the current one. With -f, manifests in files are " +
    "rewritten: their apiVersion, and fields that are elsewhere in the newer version. Comments and every other byte stay.",
  flags,
  examples: [
    ["Migrate the objects in the cluster", "migrate"],
    ["Migrate a repository", "migrate -f ."],
    ["See what would be done", "migrate -f . --dry-run"],
    ["Templates, too, and without a question", "migrate -f . --extensions=.yml,.yaml,.tpl --yes"],
  ],
  async run({ flags: values }, context) {
    if (values.path !== undefined) return migrateFiles(values.path, values, context);
    context.status.action(starting);
    const { migrateCluster } = await import("../migrate/migrate-cluster.ts");
    await migrateCluster(await context.kube(), (message) => context.status.success(message), context.signal);
    context.status.success("custom resources migrated successfully");
  },
});

async function migrateFiles(
  path: string,
  { extensions, version, yes, dryRun }: FlagValues<typeof flags>,
  { io, status }: CommandContext,
): Promise<void> {
  const { planMigration, writeMigration } = await import("../migrate/migrate-files.ts");
  const { targetVersions } = await import("../migrate/target-versions.ts");
  const target = targetVersions(version);
  status.action(starting);
  const endings = extensions.length > 0 ? extensions : [".yaml", ".yml"];
  const plan = await planMigration(path, endings, target);
  for (const warning of plan.warnings) status.warning(warning);
  for (const change of plan.files.flatMap(({ changes }) => changes)) status.generate(change);
  if (plan.files.length === 0) return status.success("no custom resources found that require migration");
  if (dryRun) return status.success("dry-run mode enabled, no changes will be made");
  if (!yes && !(await io.confirm?.("Are you sure you want to proceed with the above upgrades")))
    throw new EddyError("ABORTED", "aborting", {
      class: "terminal",
      hint: "pass --yes to migrate without being asked",
    });
  for (const file of plan.files) {
    await writeMigration(file);
    status.success(`file ${file.path} migrated successfully`);
  }
  status.success("custom resources migrated successfully");
}
