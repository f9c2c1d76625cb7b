import type { Command, KindChoice } from "./define-command.ts";
import type { FlagSpecs } from "./flag.ts";

/** What was called: a command, and the texts that it was called with. */
export interface Call {
  command: Command;
  choice: KindChoice;
  kindFlagSpecs: FlagSpecs;
  args: readonly string[];
  /** Texts of the flags that were typed, by camel-case name. */
  texts: Readonly<Record<string, unknown>>;
}
