import { kinds, type Kind } from "@eddy/api";
import { listObjects } from "../cluster/objects.ts";
import { commandWords } from "../command/command-words.ts";
import type { CommandContext } from "../command/context.ts";
import type { Command } from "../command/define-command.ts";
import { flagName } from "../command/flag-name.ts";
import { globalFlagSpecs } from "../command/global-flags.ts";
import { kindWords, type KindWord } from "../command/kind-words.ts";
import { registry } from "../registry.ts";

/**
 * What could stand in place of the last word: commands, words of kinds, flags, names of objects in the cluster. A cluster
 * that does not answer gives no names and no error.
 */
export async function completions(words: readonly string[], context: CommandContext): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const [first, ...rest] = commandWords(words.slice(0, -1), globalFlagSpecs);
  if (first === undefined)
    return startingWith(
      typed,
      typed.startsWith("-") ? flagWords(undefined) : [...new Set(registry.map((entry) => entry.path[0] ?? ""))],
    );
  const entries = registry.filter((entry) => entry.path[0] === first);
  const [second] = entries.length > 0 && entries[0]?.path.length === 2 ? entries : [];
  if (second && rest.length === 0)
    return startingWith(
      typed,
      entries.map((entry) => entry.path[1] ?? ""),
    );
  const command = await entries[0]?.load();
  if (!command) return [];
  if (typed.startsWith("-")) return startingWith(typed, flagWords(command));
  return startingWith(typed, await wordsAfter(command, rest, context));
}

async function wordsAfter(command: Command, words: readonly string[], context: CommandContext): Promise<string[]> {
  if (!command.kinds) return command.path[0] === "completion" && words.length === 0 ? ["bash", "zsh", "fish"] : [];
  let level: readonly KindWord[] = kindWords(command.kinds);
  for (const [index, word] of words.entries()) {
    const node = level.find((candidate) => candidate.word === word || candidate.aliases.includes(word));
    if (!node) return [];
    if (node.choice && node.children.length === 0) {
      const [kind] = node.choice.kinds;
      const takesNames =
        command.args?.[0]?.completesObjects === true && (index === words.length - 1 || command.args[0].many === true);
      return kind && !node.choice.all && takesNames ? objectNames(kind, context) : [];
    }
    level = node.children;
  }
  return level.map((node) => node.word);
}

async function objectNames(kind: Kind, context: CommandContext): Promise<string[]> {
  try {
    const objects = await listObjects(await context.kube(), kind, { namespace: await context.namespace() });
    return objects.map((object) => object.metadata.name);
  } catch {
    return [];
  }
}

function flagWords(command: Command | undefined): string[] {
  const ofKinds = kinds.flatMap((kind) => Object.keys(command?.kinds?.flagsOf?.(kind) ?? {}));
  const names = [...Object.keys(command?.flags ?? {}), ...ofKinds, ...Object.keys(globalFlagSpecs)];
  return [...new Set(names)].map((name) => `--${flagName(name)}`);
}

function startingWith(typed: string, words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith(typed));
}
