import { Command as Commander, Help } from "commander";
import type { RegistryEntry } from "../registry.ts";
import { globalFlagSpecs } from "./global-flags.ts";
import { declareFlags } from "./read-flags.ts";

const description = "Continuous delivery for Kubernetes from Git, in one process.";

/**
 * The tree of commands, for the list: flags and sub-commands are given to a command that is called by `fill`. Help is
 * printed by `print`; nothing is run.
 */
export function buildProgram(
  entries: readonly RegistryEntry[],
  output: { print: (text: string) => void; fill: (node: Commander, entry: RegistryEntry) => void; isCalled?: boolean },
): Commander {
  const program = new Commander("eddy")
    .description(description)
    .usage("<command> [flags]")
    .helpCommand(false)
    .exitOverride();
  // Errors are printed where all errors are (run-cli.ts); what else commander sends to stderr is the help of a group.
  program.configureOutput({ writeOut: output.print, writeErr: output.print, outputError: () => {} });
  program.configureHelp({
    formatHelp,
    showGlobalOptions: true,
    optionTerm,
    styleTitle: (title) => title.replace("Global Options", "Global Flags").replace("Options", "Flags"),
  });
  declareFlags(program, globalFlagSpecs);
  // Commands have versions of their own: theirs must reach them.
  if (!output.isCalled) program.option("--version", "print the version");
  program.helpOption("-h, --help", "print help for a command");
  for (const entry of entries) {
    const parent = entry.path.slice(0, -1).reduce((above, word) => findOrAdd(above, word), program);
    output.fill(addWord(parent, entry.path.at(-1) ?? "", entry.summary), entry);
  }
  return program;
}

/** A word below another, with its settings. */
export function addWord(above: Commander, word: string, summary: string): Commander {
  const node = new Commander(word).summary(summary).description(summary).copyInheritedSettings(above);
  above.addCommand(node);
  return node;
}

function findOrAdd(above: Commander, word: string): Commander {
  return above.commands.find((child) => child.name() === word) ?? addWord(above, word, `Commands of ${word}`);
}

/** A boolean flag is typed without its value. */
function optionTerm(option: { flags: string }): string {
  return option.flags.replace(/ <bool>$/, "");
}

/** Commands stand before flags: there are more flags than anybody wants to scroll past. */
function formatHelp(command: Commander, helper: Help): string {
  const sections = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split("\n\n");
  const isFlags = (section: string): boolean => /^(Global )?Flags:/.test(section);
  return `${[...sections.filter((section) => !isFlags(section)), ...sections.filter(isFlags)].join("\n\n")}\n`;
}
