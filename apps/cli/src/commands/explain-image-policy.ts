import { EddyError } from "@eddy/core/errors";
import { explainRefusal, type Explanation } from "@eddy/image-policy";
import type { PolicyExplanation } from "@eddy/image-controller";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { formatTable } from "../output/table.ts";
import { usage } from "../command/usage.ts";

const outcomes: Readonly<Record<PolicyExplanation["selection"]["outcome"], string>> = {
  selected: "selected",
  unchanged: "selected",
  "no-tags": "no tag gets past the filter",
  "none-accepted": "no tag would do",
  spoiled: "one tag spoils the choice",
};

/** `explain image policy`: every tag of the registry, and why it is, or is not, the latest. */
export const explainImagePolicyCommand: Command = defineCommand({
  path: ["explain", "image", "policy"],
  summary: "Say of each tag why an ImagePolicy selects it, or does not",
  details:
    "Asks the registry itself, with the login of the policy's ImageRepository. Tags that would do come first, best first; of the others so many as --limit says.",
  args: [{ name: "name" }],
  flags: {
    limit: flag.integer(25, "how many tags to print, 0 for all"),
    noHeader: flag.boolean("skip the header when printing the results"),
  },
  examples: [["Why is there no newer version", "explain image policy podinfo"]],
  async run({ args, flags }, context) {
    const [name] = args;
    if (name === undefined) throw usage("name is required");
    if (flags.limit < 0) throw usage("--limit must not be negative");
    const { explainImagePolicy } = await import("@eddy/image-controller");
    const { clock, signal } = context;
    const namespace = await context.namespace();
    const explained = await explainImagePolicy({ namespace, name }, { kube: await context.kube(), clock, signal });
    const { explanations, selection, image, excluded } = explained;
    const shown = flags.limit === 0 ? explanations : explanations.slice(0, flags.limit);
    const rows = shown.map((explanation) => [explanation.tag.name, explanation.compared ?? "", verdictOf(explanation)]);
    context.print(formatTable(flags.noHeader ? [] : ["Tag", "Compared", "Verdict"], rows));
    const hidden = explanations.length - shown.length;
    if (hidden > 0) context.status.action(`${hidden} more: see them with --limit 0`);
    if (excluded > 0) context.status.action(`${excluded} left out by the exclusionList`);
    if ("tag" in selection) return context.status.success(`${image}:${selection.tag.name} is the latest`);
    throw new EddyError("NOTHING_SELECTED", `${outcomes[selection.outcome]} of ${image}`, { class: "terminal" });
  },
});

/** The sentence without its subject, which stands in the first column. */
function verdictOf({ refusal }: Explanation): string {
  return refusal ? explainRefusal(refusal).replace(/^tag "(?:[^"\\]|\\.)*" /, "") : "selected";
}
