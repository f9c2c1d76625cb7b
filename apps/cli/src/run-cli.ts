import { CommanderError } from "commander";
import { EddyError } from "@eddy/core/errors";
import { commandWords } from "./command/command-words.ts";
import type { CliIo } from "./command/context.ts";
import type { Call } from "./command/call.ts";
import { createContext } from "./command/create-context.ts";
import type { Command } from "./command/define-command.ts";
import { expandBooleans } from "./command/expand-booleans.ts";
import { flagName } from "./command/flag-name.ts";
import type { FlagSpecs } from "./command/flag.ts";
import { globalFlagSpecs } from "./command/global-flags.ts";
import { buildProgram } from "./command/program.ts";
import { readFlags } from "./command/read-flags.ts";
import { describeFailure } from "./describe-failure.ts";
import { refuseMissingCommand } from "./missing-commands.ts";
import { createStatusLines } from "./output/status-lines.ts";
import { registry, type RegistryEntry } from "./registry.ts";
import { eddyVersion } from "./version.ts";

/**
 * Runs one command line (the words after `eddy`) and resolves with its exit code: 0, 1 for an error, which is printed with
 * what to do next, or what the command says. Never throws.
 */
export async function runCli(words: readonly string[], io: CliIo): Promise<number> {
  const status = createStatusLines((text) => void io.stderr.write(text), {
    colour: io.stderr.isTTY === true && io.env["NO_COLOR"] === undefined,
  });
  try {
    const call = await findCall(words, (text) => void io.stdout.write(text));
    return call === undefined ? 0 : await runCall(call, io);
  } catch (error) {
    const { message, hint } = describeFailure(error, { verbose: words.includes("--verbose") });
    status.failure(message);
    if (hint !== undefined) status.plain(`  ${hint}`);
    return 1;
  }
}

/** The call that the words mean, or undefined when they asked for help or the version, which is printed then. */
async function findCall(words: readonly string[], print: (text: string) => void): Promise<Call | undefined> {
  const said = commandWords(words, globalFlagSpecs);
  const [first] = said;
  if (first === undefined && words.includes("--version")) {
    print(`eddy version ${eddyVersion}\n`);
    return undefined;
  }
  refuseMissingCommand(first);
  const loaded = await loadCommands(said);
  // Kinds and their words are loaded only for a command that is called: the list of commands needs none of them.
  const filler = loaded.size === 0 ? undefined : await import("./command/fill-command.ts");
  let call: Call | undefined;
  const program = buildProgram(registry, {
    print,
    isCalled: first !== undefined,
    fill(node, entry) {
      const command = loaded.get(entry);
      if (command) filler?.fillCommand(node, command, (found) => (call = found));
    },
  });
  const specs = Object.assign(
    {},
    globalFlagSpecs,
    ...[...loaded.values()].map((command) => filler?.flagSpecsOf(command)),
  ) as FlagSpecs;
  const expanded = expandBooleans(words, specs);
  try {
    if (first === undefined) program.outputHelp();
    else program.parse(expanded, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // A group of commands by itself asks for its help, as `--help` does.
    if (error.code !== "commander.helpDisplayed" && error.code !== "commander.help") throw usageError(error, first);
  }
  return call;
}

/** The command that is called, else all of the group: those of a group may mean different things by one letter. */
async function loadCommands(said: readonly string[]): Promise<Map<RegistryEntry, Command>> {
  const group = registry.filter((entry) => entry.path[0] === said[0]);
  const called = group.filter(({ path }) => path.every((word, at) => word === said[at]));
  const longest = Math.max(...called.map(({ path }) => path.length));
  const exact = called.filter(({ path }) => path.length === longest);
  const wanted = exact.length > 0 ? exact : group;
  return new Map(await Promise.all(wanted.map(async (entry) => [entry, await entry.load()] as const)));
}

async function runCall(call: Call, io: CliIo): Promise<number> {
  const context = createContext(io, readFlags(globalFlagSpecs, withoutOwn(call)));
  for (const said of deprecations(call)) context.status.plain(said);
  try {
    const code = await call.command.run(
      {
        choice: call.choice,
        args: call.args,
        flags: readFlags(call.command.flags ?? {}, call.texts),
        kindFlags: readFlags(call.kindFlagSpecs, call.texts),
        given: new Set(Object.keys(call.texts)),
      },
      context,
    );
    return code ?? 0;
  } finally {
    context.close();
  }
}

/** What is said of flags that do nothing any more, in cobra's words; on stderr, where flux spoils the YAML of `--export` with it. */
function deprecations({ command, kindFlagSpecs, texts }: Call): string[] {
  const specs: FlagSpecs = { ...command.flags, ...kindFlagSpecs };
  return Object.keys(texts).flatMap((key) => {
    const why = specs[key]?.deprecated;
    return why === undefined ? [] : [`Flag --${flagName(key)} has been deprecated, ${why}`];
  });
}

/** A flag that a command has itself is not the one of all commands. */
function withoutOwn({ command, texts }: Call): Record<string, unknown> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => command.flags?.[key] === undefined));
}

function usageError(error: CommanderError, first: string | undefined): EddyError {
  return new EddyError("USAGE", error.message.replace(/^error: /, ""), usageHint(first));
}

function usageHint(first: string | undefined): { class: "terminal"; hint: string } {
  const known = registry.some((entry) => entry.path[0] === first);
  return { class: "terminal", hint: `see \`eddy ${known ? `${first} ` : ""}--help\`` };
}
