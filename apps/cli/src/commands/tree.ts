import { dump } from "@eddy/goyaml";
import type { Json } from "@eddy/core/json";
import { inventoryTree } from "../cluster/inventory-tree.ts";
import { chosenKind, requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatTree, treeData } from "../output/tree.ts";

/** `tree`: what an object applied, and what that applied in turn. */
export const treeCommand: Command = defineCommand({
  path: ["tree"],
  summary: "Print the resources reconciled by Flux",
  details: "The tree command prints the list of resources that an object has applied, with those that they applied.",
  kinds: { where: (kind) => kind.cli.inventoryOf !== undefined, words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags: {
    compact: flag.boolean("list Flux resources only"),
    output: flag.oneOf(["json", "yaml"], "how to print", { short: "o" }),
  },
  examples: [["Print what the root Kustomization manages", "tree kustomization flux-system --compact"]],
  async run({ choice, args, flags }, context) {
    const kind = chosenKind(choice);
    const name = requiredName(kind.cli.humanName, args);
    const [kube, namespace] = [await context.kube(), await context.namespace()];
    const tree = await inventoryTree(kube, kind, { namespace, name }, { compact: flags.compact });
    if (flags.output === "json") context.print(`${JSON.stringify(treeData(tree), undefined, 2)}\n`);
    else if (flags.output === "yaml") context.print(`${dump(treeData(tree) as Json)}\n`);
    else context.print(formatTree(tree));
  },
});
