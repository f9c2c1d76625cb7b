import type { Kind } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { awaitReady } from "../cluster/await-object.ts";
import { listObjects } from "../cluster/objects.ts";
import { setSuspend } from "../cluster/set-suspend.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/** `resume`: removes `spec.suspend`, and waits until the objects are ready: for a single name, and with `--wait`. A name that is not there is said and no more. */
export const resumeCommand: Command = defineCommand({
  path: ["resume"],
  summary: "Resume suspended resources",
  details: "The resume sub-commands resume a suspended resource.",
  kinds: { where: (kind) => kind.cli.suspendable, words: "path" },
  args: [{ name: "name", many: true, completesObjects: true }],
  flags: {
    all: flag.boolean("resume all resources in that namespace"),
    wait: flag.boolean("wait for the resources to reconcile; the default for a single name"),
  },
  examples: [
    ["Resume an app", "resume kustomization podinfo"],
    ["Resume every source and wait for them", "resume source git --all --wait"],
  ],
  async run({ choice, args, flags, given }, context) {
    const kind = chosenKind(choice);
    if (!flags.all) requiredName(kind.cli.humanName, args);
    const namespace = await context.namespace();
    const names = args.length === 0 ? [undefined] : [...new Set(args)];
    const resumed: KubeObject[] = [];
    for (const name of names) resumed.push(...(await resumeMatching(context, kind, namespace, name)));
    const failures =
      flags.wait || (!given.has("wait") && args.length === 1) ? await awaitAll(context, kind, resumed) : 0;
    if (failures > 0) {
      throw new EddyError("RECONCILIATION_FAILED", `reconciliation failed for ${failures} ${kind.kind}(s)`, {
        class: "terminal",
      });
    }
  },
});

async function resumeMatching(
  context: CommandContext,
  kind: Kind,
  namespace: string,
  name: string | undefined,
): Promise<KubeObject[]> {
  const kube = await context.kube();
  const objects = await listObjects(kube, kind, { namespace, ...(name === undefined ? {} : { name }) });
  if (objects.length === 0) {
    const what = name === undefined ? `no ${kind.kind} objects found` : `${kind.kind} object '${name}' not found`;
    context.status.failure(`${what} in ${namespace} namespace`);
  }
  for (const object of objects) {
    context.status.action(`resuming ${kind.cli.humanName} ${object.metadata.name} in ${namespace} namespace`);
    await setSuspend(kube, kind, object, false);
    context.status.success(`${kind.cli.humanName} resumed`);
  }
  return objects;
}

/** Waits for all of them at once and tells the outcomes by name; resolves how many failed. */
async function awaitAll(context: CommandContext, kind: Kind, objects: readonly KubeObject[]): Promise<number> {
  const kube = await context.kube();
  const outcomes = objects
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map(({ metadata }) => {
      context.status.waiting(`waiting for ${kind.kind} reconciliation`);
      const ready = awaitReady(kube, kind, {
        namespace: metadata.namespace ?? "",
        name: metadata.name,
        timeoutMs: context.flags.timeout,
        clock: context.clock,
        signal: context.signal,
      });
      return ready.then(
        (object) => ({ name: metadata.name, object }),
        (error: unknown) => ({ name: metadata.name, error }),
      );
    });
  let failures = 0;
  for (const outcome of await Promise.all(outcomes)) {
    if ("error" in outcome) {
      failures++;
      context.status.failure(`${kind.kind} ${outcome.name} reconciliation failed: ${messageOf(outcome.error)}`);
      continue;
    }
    context.status.success(`${kind.kind} ${outcome.name} reconciliation completed`);
    context.status.success(kind.cli.successMessage(outcome.object));
  }
  return failures;
}
