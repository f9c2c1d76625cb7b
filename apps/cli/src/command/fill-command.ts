import type { Command as Commander } from "commander";
import { kinds } from "@eddy/api";
import type { Call } from "./call.ts";
import type { Command, KindChoice } from "./define-command.ts";
import type { FlagSpecs } from "./flag.ts";
import { kindWords, type KindWord } from "./kind-words.ts";
import { addWord } from "./program.ts";
import { declareFlags } from "./read-flags.ts";

const noChoice: KindChoice = { kinds: [], all: false };

/** Gives a word of the program what its command has: flags, arguments, examples, and sub-commands for the kinds of a verb. */
export function fillCommand(node: Commander, command: Command, onCall: (call: Call) => void): void {
  if (command.details !== undefined) node.description(command.details);
  node.addHelpText("afterAll", ({ error }) => (error ? "" : examplesText(command)));
  if (!command.kinds) return fillEnd(node, command, noChoice, {}, onCall);
  for (const word of kindWords(command.kinds)) addKindWord(node, word, command, onCall);
}

/** The flags that a command has in any of its forms. */
export function flagSpecsOf(command: Command): FlagSpecs {
  const ofKinds = kinds.map((kind) => command.kinds?.flagsOf?.(kind) ?? {});
  return Object.assign({}, command.flags, ...ofKinds) as FlagSpecs;
}

function addKindWord(above: Commander, word: KindWord, command: Command, onCall: (call: Call) => void): void {
  const node = addWord(above, word.word, word.summary).aliases([...word.aliases]);
  const kind = word.choice?.all ? undefined : word.choice?.kinds[0];
  if (word.choice) fillEnd(node, command, word.choice, kind ? (command.kinds?.flagsOf?.(kind) ?? {}) : {}, onCall);
  for (const child of word.children) addKindWord(node, child, command, onCall);
}

function fillEnd(
  node: Commander,
  command: Command,
  choice: KindChoice,
  kindFlagSpecs: FlagSpecs,
  onCall: (call: Call) => void,
): void {
  declareFlags(node, { ...command.flags, ...kindFlagSpecs });
  for (const argument of command.args ?? []) {
    const name = argument.many ? `${argument.name}...` : argument.name;
    node.argument(argument.required ? `<${name}>` : `[${name}]`);
  }
  node.action(() => onCall({ command, choice, kindFlagSpecs, args: node.args, texts: node.optsWithGlobals() }));
}

function examplesText(command: Command): string {
  if (command.examples.length === 0) return "";
  return `\nExamples:\n${command.examples.map(([what, words]) => `  # ${what}\n  eddy ${words}\n`).join("\n")}`;
}
