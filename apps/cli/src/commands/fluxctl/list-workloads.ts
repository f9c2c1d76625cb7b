import { EddyError } from "@eddy/core/errors";
import { listWorkloads } from "@eddy/release-controller";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { eraOf, type Noun } from "../../fluxctl/era.ts";
import { formatWorkloads, policiesOf } from "../../fluxctl/format-workloads.ts";
import { listFlags } from "../../fluxctl/list-flags.ts";
import { workloadNamespace } from "../../fluxctl/namespace.ts";
import { statusesOf } from "../../fluxctl/workload-json.ts";

/** `list-workloads`, `list-controllers`, `list-services`: what runs, and who moves it. Source: fluxctl 0.1 to 1.25. */
function listCommand(noun: Noun): Command {
  return defineCommand({
    path: [`list-${noun}s`],
    summary: `List ${noun}s currently running in the cluster`,
    flags: {
      ...listFlags,
      container: flag.text("filter workloads by container name", { short: "c" }),
    },
    examples: [[`List the ${noun}s of a namespace`, `list-${noun}s --namespace=shop`]],
    async run({ args, flags }, context) {
      if (args.length > 0) throw new EddyError("USAGE", "expected no (non-flag) arguments", { class: "terminal" });
      const namespace = flags.allNamespaces ? "" : await workloadNamespace(context);
      const { container } = flags;
      const all = await listWorkloads(await context.kube(), namespace);
      const shown =
        container === undefined
          ? all
          : all.filter(({ containers }) => containers.some(({ name }) => name === container));
      const now = new Date(context.clock.now());
      if (flags.outputFormat === "json")
        return context.print(`${JSON.stringify(statusesOf(shown, now, policiesOf))}\n`);
      const style = { noun, era: eraOf(noun, flags.outputCompat), headers: !flags.noHeaders };
      context.print(formatWorkloads(shown, style, now));
    },
  });
}

/** The word since 1.12. */
export const listWorkloadsCommand: Command = listCommand("workload");
/** The word of 1.1 to 1.11. */
export const listControllersCommand: Command = listCommand("controller");
/** The word before. */
export const listServicesCommand: Command = listCommand("service");
