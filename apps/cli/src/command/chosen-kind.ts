import type { Kind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { KindChoice } from "./define-command.ts";

/** The one kind that the words chose; for verbs that take no `all`. */
export function chosenKind(choice: KindChoice): Kind {
  const [kind] = choice.kinds;
  if (!kind) throw new EddyError("USAGE", "a kind is required", { class: "terminal", hint: "see --help" });
  return kind;
}

/**
 * The first argument, which names an object of the kind.
 * @throws EddyError USAGE (terminal), worded as Flux words it.
 */
export function requiredName(label: string, args: readonly string[]): string {
  const [name] = args;
  if (name === undefined)
    throw new EddyError("USAGE", `${label} name is required`, { class: "terminal", hint: "see --help" });
  return name;
}
