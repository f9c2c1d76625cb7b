import { defineCommand, type Command } from "../../command/define-command.ts";
import { daemonFlags } from "../../fluxctl/list-flags.ts";
import { eddyVersion } from "../../version.ts";

/** `fluxctl version`: the version alone. `eddy version` says more. */
export const fluxctlVersionCommand: Command = defineCommand({
  path: ["fluxctl", "version"],
  summary: "Output the version of fluxctl",
  flags: daemonFlags,
  examples: [["Print it", "fluxctl version"]],
  run: async (_input, context) => context.print(`${eddyVersion}\n`),
});
