import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { EddyError, messageOf } from "@eddy/core/errors";
import {
  mergeMaps,
  readValues,
  setFileValues,
  setJsonValues,
  setLiteralValues,
  setStringValues,
  setValues,
  type HelmDialect,
  type Values,
} from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";
import { flag, type FlagSpec, type FlagValues } from "../command/flag.ts";
import { fetchTexts, isRemote, type FetchTextContext } from "./fetch-texts.ts";
import { rawText } from "./flag-forms.ts";

/** Flags that give values, of every command that renders a chart. Source: Helm `pkg/cmd/flags.go`. */
export const valuesFlags: {
  values: FlagSpec<readonly string[]>;
  set: FlagSpec<string>;
  setString: FlagSpec<string>;
  setFile: FlagSpec<string>;
  setJson: FlagSpec<string>;
  setLiteral: FlagSpec<string>;
} = {
  values: flag.list("specify values in a YAML file, behind a URL, or - for stdin (can specify multiple)", {
    short: "f",
  }),
  set: rawText(
    "set values on the command line (can specify multiple or separate values with commas: key1=val1,key2=val2)",
  ),
  setString: rawText("set STRING values on the command line"),
  setFile: rawText("set values from files: key1=path1,key2=path2"),
  setJson: rawText('set JSON values: key1=jsonval1,key2=jsonval2 or {"key1": jsonval1}'),
  setLiteral: rawText("set a literal STRING value on the command line"),
};

/**
 * The values that the flags give, files first, later ones over earlier ones.
 * @throws EddyError VALUES_INVALID (terminal) in Helm's words; what HTTP throws. Source: Helm `pkg/cli/values/options.go`.
 */
export async function composeValues(
  flags: FlagValues<typeof valuesFlags>,
  context: FetchTextContext & Pick<CommandContext, "io">,
  dialect: HelmDialect = "helm4",
): Promise<Values> {
  const remote = await fetchTexts([...flags.values, ...filesOf(flags.setFile)].filter(isRemote), context);
  const readText = (path: string): string => remote.get(path) ?? readLocal(path);
  let values: Values = {};
  for (const file of flags.values) {
    const text = file.trim() === "-" ? await readAll(context.io.stdin) : readText(file);
    values = mergeMaps(
      values,
      attempt(`failed to parse ${file}: `, () => readValues(text, dialect, file)),
    );
  }
  if (flags.setJson !== "") values = attempt("", () => setJsonValues(flags.setJson, values));
  const set = (name: string, text: string, apply: (text: string, into: Values) => void): void => {
    if (text !== "") attempt(`failed parsing --${name} data: `, () => apply(text, values));
  };
  set("set", flags.set, setValues);
  set("set-string", flags.setString, setStringValues);
  set("set-file", flags.setFile, (text, into) => setFileValues(text, into, readText));
  set("set-literal", flags.setLiteral, setLiteralValues);
  return values;
}

/** Which files `--set-file` names. What is wrong with it is told when it is applied. */
function filesOf(setFile: string): string[] {
  const paths: string[] = [];
  try {
    if (setFile !== "") setFileValues(setFile, {}, (path) => (paths.push(path), ""));
  } catch {
    return [];
  }
  return paths;
}

function readLocal(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw invalid(isMissing ? `open ${path}: no such file or directory` : `open ${path}: ${messageOf(error)}`, error);
  }
}

function attempt<R>(lead: string, action: () => R): R {
  try {
    return action();
  } catch (error) {
    throw invalid(`${lead}${messageOf(error)}`, error);
  }
}

function invalid(message: string, cause: unknown): EddyError {
  return new EddyError("VALUES_INVALID", message, { class: "terminal", cause });
}
