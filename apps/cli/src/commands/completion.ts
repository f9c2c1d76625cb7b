import { EddyError } from "@eddy/core/errors";
import { completions } from "../completion/completions.ts";
import { completionScripts } from "../completion/scripts.ts";
import { defineCommand, type Command } from "../command/define-command.ts";

/** `completion`: a script for a shell; and, hidden in it, the answers to what the shell asks (`completion complete WORDS…`). */
export const completionCommand: Command = defineCommand({
  path: ["completion"],
  summary: "Generate completion code for a shell",
  details:
    "Prints a script that completes commands, flags and the names of objects in the cluster, for bash, zsh or fish.",
  args: [{ name: "shell" }, { name: "words", many: true }],
  examples: [
    ["Complete in this bash", "completion bash > ~/.eddy-completion && source ~/.eddy-completion"],
    ["Complete in zsh", 'completion zsh > "${fpath[1]}/_eddy"'],
  ],
  async run({ args }, context) {
    const [shell, ...words] = args;
    if (shell === "complete") {
      const found = await completions(words, context);
      return context.print(found.map((word) => `${word}\n`).join(""));
    }
    const script = completionScripts[shell ?? ""];
    if (script === undefined) {
      throw new EddyError(
        "USAGE",
        `no completion for shell ${JSON.stringify(shell ?? "")}: there is ${Object.keys(completionScripts).join(", ")}`,
        { class: "terminal" },
      );
    }
    context.print(script);
  },
});
