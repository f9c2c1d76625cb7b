import { Option, type Command as CommanderCommand } from "commander";
import { EddyError, messageOf } from "@eddy/core/errors";
import { flagName } from "./flag-name.ts";
import type { FlagSpec, FlagSpecs, FlagValues } from "./flag.ts";

/** Declares flags on a commander command. Values stay text here; {@link readFlags} parses them. */
export function declareFlags(command: CommanderCommand, specs: FlagSpecs): void {
  for (const [key, spec] of Object.entries(specs)) command.addOption(optionOf(key, spec));
}

function optionOf(key: string, spec: FlagSpec<unknown>): Option {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  const option = new Option(`${short}--${flagName(key)} <${spec.placeholder || "bool"}>`, describeFlag(spec));
  option.attributeName = () => key;
  if (spec.form === "list" || spec.form === "count")
    option.argParser((text, earlier: string | undefined) => (earlier === undefined ? text : `${earlier},${text}`));
  if (spec.hidden) option.hideHelp();
  return option;
}

function describeFlag(spec: FlagSpec<unknown>): string {
  return spec.defaultText === undefined ? spec.description : `${spec.description} (default ${spec.defaultText})`;
}

/**
 * The typed values of flags from their texts by key.
 * @throws EddyError INVALID_FLAG (terminal) naming the flag.
 */
export function readFlags<F extends FlagSpecs>(specs: F, texts: Readonly<Record<string, unknown>>): FlagValues<F> {
  const values = Object.entries(specs).map(([key, spec]) => {
    const text = texts[key];
    return [key, typeof text === "string" ? parseFlag(key, spec, text) : spec.absent];
  });
  return Object.fromEntries(values) as FlagValues<F>;
}

function parseFlag(key: string, spec: FlagSpec<unknown>, text: string): unknown {
  try {
    return spec.parse(text);
  } catch (error) {
    throw new EddyError(
      "INVALID_FLAG",
      `invalid argument ${JSON.stringify(text)} for --${flagName(key)}: ${messageOf(error)}`,
      {
        class: "terminal",
      },
    );
  }
}
