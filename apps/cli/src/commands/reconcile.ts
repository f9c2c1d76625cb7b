import { kinds, type Kind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { getObject } from "../cluster/objects.ts";
import { refuseSuspended, requestReconciliation } from "../cluster/request-reconciliation.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/** `reconcile`: asks for a pass now and waits until it is over. */
export const reconcileCommand: Command = defineCommand({
  path: ["reconcile"],
  summary: "Reconcile sources and resources",
  details: "The reconcile sub-commands trigger a reconciliation of sources and resources and wait for it to finish.",
  kinds: {
    where: (kind) => kind.cli.reconcilable,
    words: "path",
    flagsOf: (kind) => ({
      ...(kind.cli.sourceOf ? { withSource: flag.boolean(`reconcile ${kind.kind} source`) } : {}),
      ...Object.fromEntries(
        Object.entries(kind.cli.requests ?? {}).map(([name, { description }]) => [name, flag.boolean(description)]),
      ),
    }),
  },
  args: [{ name: "name", completesObjects: true }],
  examples: [
    ["Fetch a source now", "reconcile source git podinfo"],
    ["Sync an app now, its source first", "reconcile kustomization podinfo --with-source"],
  ],
  async run({ choice, args, kindFlags }, context) {
    const kind = chosenKind(choice);
    const name = requiredName(kind.kind, args);
    const namespace = await context.namespace();
    if (kindFlags["withSource"] === true) await requestSource(context, kind, namespace, name);
    const also = Object.entries(kind.cli.requests ?? {})
      .filter(([flagName]) => kindFlags[flagName] === true)
      .map(([, { annotation }]) => annotation);
    await requestReconciliation(context, kind, namespace, name, also);
  },
});

// A chart is made from a source of its own, which goes first.
async function requestSource(context: CommandContext, kind: Kind, namespace: string, name: string): Promise<void> {
  const object = await getObject(await context.kube(), kind, namespace, name);
  refuseSuspended(object);
  const source = kind.cli.sourceOf?.(object);
  const sourceKind = kinds.find((candidate) => candidate.kind === source?.kind);
  if (!source || !sourceKind)
    throw new EddyError("USAGE", `cannot reconcile source of kind ${source?.kind ?? ""}`, { class: "terminal" });
  if (sourceKind.cli.sourceOf) await requestSource(context, sourceKind, source.namespace, source.name);
  await requestReconciliation(context, sourceKind, source.namespace, source.name);
}
