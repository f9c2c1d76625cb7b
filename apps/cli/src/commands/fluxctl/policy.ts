import { EddyError } from "@eddy/core/errors";
import { formatWorkloadId } from "@eddy/release-controller";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag, type FlagValues } from "../../command/flag.ts";
import { eraOf, namedWorkloads, namespaceOfAll, nounOf } from "../../fluxctl/era.ts";
import { workloadNamespace } from "../../fluxctl/namespace.ts";
import { policyChanges, splitTags, type PolicyWishes } from "../../fluxctl/policy-changes.ts";
import { runRelease } from "../../fluxctl/run-release.ts";
import { causeOf } from "../../fluxctl/submit-release.ts";
import { writeFlags } from "../../fluxctl/write-flags.ts";

const flags = { ...writeFlags, workload: flag.list("workload to modify", { short: "w" }) };

/** Commits what is wished for the workloads that are named. */
async function changePolicies(
  { args, flags: given }: { args: readonly string[]; flags: FlagValues<typeof flags> },
  wishes: PolicyWishes,
  context: CommandContext,
): Promise<void> {
  const usage = (message: string): EddyError => new EddyError("USAGE", message, { class: "terminal" });
  if (args.length > 0) throw usage("expected no (non-flag) arguments");
  const own = await workloadNamespace(context);
  const named = namedWorkloads(given, own);
  if (named.length === 0) throw usage("-w, --workload is required");
  const policies = policyChanges({ ...wishes, user: given.user, message: given.message });
  const noun = nounOf(given);
  const style = { noun, era: eraOf(noun, given.outputCompat), verbosity: given.verbosity };
  const spec = { workloads: named.map(formatWorkloadId), policies, ...(await causeOf(given, context.io.env)) };
  await runRelease(namespaceOfAll(named, own), spec, style, context);
}

function sugar(verb: string, summary: string, wishes: PolicyWishes): Command {
  return defineCommand({
    path: [verb],
    summary,
    flags,
    examples: [[summary, `${verb} --workload=shop:deployment/frontend`]],
    run: (input, context) => changePolicies(input, wishes, context),
  });
}

/** New images are released by themselves. */
export const automateCommand: Command = sugar("automate", "Turn on automatic deployment for a workload", {
  automate: true,
});
/** They are not. */
export const deautomateCommand: Command = sugar("deautomate", "Turn off automatic deployment for a workload", {
  deautomate: true,
});
/** No image changes. */
export const lockCommand: Command = sugar("lock", "Lock a workload, so it cannot be deployed", { lock: true });
/** Images change again. */
export const unlockCommand: Command = sugar("unlock", "Unlock a workload, so it can be deployed", { unlock: true });

/** `policy`: everything at once, and tag filters. */
export const policyCommand: Command = defineCommand({
  path: ["policy"],
  summary: "Manage policies for a workload",
  flags: {
    ...flags,
    tagAll: flag.text("tag filter pattern to apply to all containers"),
    tag: { ...flag.list("tag filter `<container>=<pattern>`; the pattern `*` removes it"), parse: splitTags },
    automate: flag.boolean("automate workload"),
    deautomate: flag.boolean("deautomate workload"),
    lock: flag.boolean("lock workload"),
    unlock: flag.boolean("unlock workload"),
  },
  examples: [
    ["Follow versions of one major", "policy --workload=shop:deployment/frontend --tag='web=semver:~1' --automate"],
    ["Any tag again", "policy --workload=shop:deployment/frontend --tag-all='*'"],
  ],
  run: (input, context) => changePolicies(input, input.flags, context),
});
