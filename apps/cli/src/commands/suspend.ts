import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { listObjects } from "../cluster/objects.ts";
import { setSuspend } from "../cluster/set-suspend.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/**
 * `suspend`: sets `spec.suspend`. A name that is not there is said and no more: scripts suspend what may be gone. One that
 * could not be suspended makes the exit code 1, after the rest: flux exits with 0 there too, and what follows would run
 * against a controller that works on. Source: fluxcd/flux2 cmd/flux/suspend.go.
 */
export const suspendCommand: Command = defineCommand({
  path: ["suspend"],
  summary: "Suspend resources",
  details: "The suspend sub-commands suspend the reconciliation of a resource.",
  kinds: { where: (kind) => kind.cli.suspendable, words: "path" },
  args: [{ name: "name", many: true, completesObjects: true }],
  flags: { all: flag.boolean("suspend all resources in that namespace") },
  examples: [
    ["Suspend an app", "suspend kustomization podinfo"],
    ["Suspend several sources", "suspend source git podinfo infra"],
  ],
  async run({ choice, args, flags }, context) {
    const kind = chosenKind(choice);
    if (!flags.all) requiredName(kind.cli.humanName, args);
    const [kube, namespace] = [await context.kube(), await context.namespace()];
    const suspendAll = async (objects: readonly KubeObject[]): Promise<void> => {
      for (const object of objects) {
        context.status.action(`suspending ${kind.cli.humanName} ${object.metadata.name} in ${namespace} namespace`);
        await setSuspend(kube, kind, object, true);
        context.status.success(`${kind.cli.humanName} suspended`);
      }
    };
    if (args.length === 0) {
      const objects = await listObjects(kube, kind, { namespace });
      if (objects.length === 0) context.status.failure("no objects found");
      await suspendAll(objects);
      return objects.length === 0 ? 1 : 0;
    }
    let failures = 0;
    for (const name of new Set(args)) {
      try {
        const objects = await listObjects(kube, kind, { namespace, name });
        if (objects.length === 0) context.status.failure(`${kind.kind} ${name} not found in ${namespace} namespace`);
        await suspendAll(objects);
      } catch (error) {
        failures++;
        const what = `${kind.kind} ${name} in ${namespace} namespace`;
        context.status.failure(`failed suspending ${what}: ${messageOf(error)}`);
      }
    }
    return failures === 0 ? 0 : 1;
  },
});
