import { createInterface } from "node:readline";
import { substitute, SubstitutionError } from "@eddy/envsubst";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

/** `envsubst`: what a Kustomization's substitution makes of a text, with the environment's variables, line by line. */
export const envsubstCommand: Command = defineCommand({
  path: ["envsubst"],
  summary: "Substitute the values of environment variables",
  details:
    "The envsubst command substitutes the values of environment variables in standard input, as a Flux Kustomization does after its build, and writes the result to standard output.",
  flags: {
    strict: flag.boolean("fail if a variable without a default value is missing from the environment"),
  },
  examples: [
    ["Substitute the environment's variables in a text", "envsubst < app.yaml"],
    ["Fail if a variable is not set", "envsubst --strict < app.yaml"],
  ],
  async run({ flags }, context) {
    let line = 0;
    for await (const text of createInterface({ input: context.io.stdin, crlfDelay: Infinity })) {
      line += 1;
      context.print(`${substituteLine(text, line, context.io.env, flags.strict)}\n`);
    }
  },
});

function substituteLine(
  text: string,
  line: number,
  variables: Readonly<Record<string, string | undefined>>,
  strict: boolean,
): string {
  try {
    return substitute(text, (name) => variables[name], { strict });
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    throw new SubstitutionError(error.message, { position: { file: "stdin", line } });
  }
}
