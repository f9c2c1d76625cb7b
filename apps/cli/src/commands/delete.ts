import { EddyError } from "@eddy/core/errors";
import { getObject, refTo } from "../cluster/objects.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/** `delete`: deletes one object, after asking. Its finalizer decides what becomes of what it applied. */
export const deleteCommand: Command = defineCommand({
  path: ["delete"],
  summary: "Delete sources and resources",
  details: "The delete sub-commands delete sources and resources.",
  kinds: { where: () => true, words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags: { silent: flag.boolean("delete resource without asking for confirmation", { short: "s" }) },
  examples: [["Delete an app and what it applied, if it prunes", "delete kustomization podinfo"]],
  async run({ choice, args, flags }, context) {
    const kind = chosenKind(choice);
    const name = requiredName(kind.cli.humanName, args);
    const [kube, namespace] = [await context.kube(), await context.namespace()];
    await getObject(kube, kind, namespace, name);
    const { confirm } = context.io;
    if (!flags.silent && !(confirm && (await confirm(`Are you sure you want to delete this ${kind.cli.humanName}`)))) {
      throw new EddyError("ABORTED", "aborting", {
        class: "terminal",
        hint: "pass --silent to delete without being asked",
      });
    }
    context.status.action(`deleting ${kind.cli.humanName} ${name} in ${namespace} namespace`);
    await kube.delete(refTo(kind, namespace, name));
    context.status.success(`${kind.cli.humanName} deleted`);
  },
});
