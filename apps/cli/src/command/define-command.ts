import type { Kind } from "@eddy/api";
import type { CommandContext } from "./context.ts";
import type { FlagSpecs, FlagValues } from "./flag.ts";

/** A positional argument, printed as `NAME` in the help. */
export interface ArgumentSpec {
  name: string;
  required?: boolean;
  /** Takes all that follow; only the last may. */
  many?: boolean;
  /** Completed with the names of objects of the kind. */
  completesObjects?: boolean;
}

/** Makes a command a verb over kinds: one sub-command for each kind that `where` accepts. */
export interface KindsOfVerb {
  where(kind: Kind): boolean;
  /** Which of the kind's names follow the verb. */
  words: "path" | "pluralPath";
  /** Adds `all`, and `all` below each group such as `sources`. */
  all?: boolean;
  /** Flags that only the sub-command of this kind has. */
  flagsOf?(kind: Kind): FlagSpecs;
}

/** What the words after the verb chose: one kind, or all of a group. */
export interface KindChoice {
  kinds: readonly Kind[];
  all: boolean;
}

/** What a command is given to run on. */
export interface CommandInput<F extends FlagSpecs> {
  choice: KindChoice;
  args: readonly string[];
  flags: FlagValues<F>;
  /** Values of {@link KindsOfVerb.flagsOf}, as far as given, by camel-case name. */
  kindFlags: Readonly<Record<string, unknown>>;
  /** Names (camel case) of flags that were typed. */
  given: ReadonlySet<string>;
}

/** One command. */
export interface CommandDefinition<F extends FlagSpecs> {
  /** Words that call it, without those of a kind. */
  path: readonly string[];
  /** One line, for the list of commands. */
  summary: string;
  /** More, for its own help. */
  details?: string;
  kinds?: KindsOfVerb;
  args?: readonly ArgumentSpec[];
  flags?: F;
  /** What it does, and the words after `eddy`. */
  examples: readonly (readonly [what: string, words: string])[];
  /** Resolves with an exit code; 0 when it resolves with nothing. A throw is printed and exits with 1. */
  run(input: CommandInput<F>, context: CommandContext): Promise<number | void>;
}

/** A command whose flags are nobody else's business. */
export type Command = CommandDefinition<FlagSpecs>;

/** Types the flags of a command's `run` by its `flags`. */
export function defineCommand<const F extends FlagSpecs>(definition: CommandDefinition<F>): Command {
  // `run` only ever gets the values of its own flags: see run-cli.ts.
  return definition;
}
