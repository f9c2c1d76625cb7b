import { EddyError } from "@eddy/core/errors";
import { uninstallRelease, type DeletionPropagation } from "@eddy/runtime/helm";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { waitFlag } from "../../helm/action-flags.ts";
import { releasePorts, runHelm } from "../../helm/release-ports.ts";

const flags = {
  ...waitFlag,
  dryRun: flag.boolean("simulate an uninstall"),
  noHooks: flag.boolean("prevent hooks from running during uninstallation"),
  ignoreNotFound: flag.boolean('treat "release not found" as a successful uninstall'),
  keepHistory: flag.boolean("remove all associated resources, but retain the release history"),
  cascade: flag.textWithDefault("background", "how dependents are deleted: background, orphan or foreground"),
  description: flag.text("add a custom description"),
};

/** `helm uninstall`. */
export const helmUninstallCommand: Command = defineCommand({
  path: ["helm", "uninstall"],
  summary: "Uninstall releases",
  args: [{ name: "release", required: true, many: true }],
  flags,
  examples: [["Uninstall a release and wait until its objects are gone", "helm uninstall web -n team --wait"]],
  run({ args, flags: values }, context) {
    return runHelm(context, "", async () => {
      const { wait, dryRun, noHooks: disableHooks, ignoreNotFound, keepHistory, description } = values;
      const cascade = parseCascade(values.cascade);
      const ports = await releasePorts(context);
      for (const name of args) {
        const { info } = await uninstallRelease(
          {
            name,
            wait,
            dryRun,
            disableHooks,
            ignoreNotFound,
            keepHistory,
            cascade,
            timeoutMs: context.flags.timeout,
            ...(description ? { description } : {}),
          },
          ports,
        );
        context.print(`${info === "" ? "" : `${info}\n`}release "${name}" uninstalled\n`);
      }
    });
  },
});

function parseCascade(text: string): DeletionPropagation {
  if (text === "background" || text === "foreground" || text === "orphan") return text;
  const wanted = 'Must be "background", "foreground", or "orphan"';
  throw new EddyError("INVALID_FLAG", `invalid cascade value (${text}). ${wanted}`, { class: "terminal" });
}
