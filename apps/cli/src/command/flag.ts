import { parseDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";

/** One flag of a command; its name is the key it is defined under, in kebab case. */
export interface FlagSpec<T> {
  /** A boolean takes no value, nor does a count, which may be repeated; a list may be repeated and takes commas. */
  form: "boolean" | "count" | "value" | "list";
  description: string;
  /** One letter. */
  short?: string;
  /** Printed in the help as what the value is. */
  placeholder: string;
  /** As a person would have typed it; printed in the help. */
  defaultText?: string;
  choices?: readonly string[];
  hidden?: boolean;
  /** Taken and without effect; what is said of it. */
  deprecated?: string;
  /** Text to value; called for the default too. Throws EddyError INVALID_FLAG. */
  parse(text: string): T;
  /** The value without flag and default. */
  absent: T;
}

/** Flags by their names in camel case. */
export type FlagSpecs = Readonly<Record<string, FlagSpec<unknown>>>;

/** The values of flags. */
export type FlagValues<F extends FlagSpecs> = { readonly [K in keyof F]: F[K] extends FlagSpec<infer T> ? T : never };

/** What any flag may add. */
export interface FlagOptions {
  short?: string;
  hidden?: boolean;
  deprecated?: string;
  placeholder?: string;
}

/** Constructors of flags. */
export const flag: {
  /** Absent is false unless `fallback` says otherwise. */
  boolean(description: string, options?: FlagOptions & { fallback?: boolean }): FlagSpec<boolean>;
  /** How often it was given. */
  count(description: string, options?: FlagOptions): FlagSpec<number>;
  text(description: string, options?: FlagOptions): FlagSpec<string | undefined>;
  textWithDefault(fallback: string, description: string, options?: FlagOptions): FlagSpec<string>;
  list(description: string, options?: FlagOptions): FlagSpec<readonly string[]>;
  duration(fallback: string, description: string, options?: FlagOptions): FlagSpec<number>;
  optionalDuration(description: string, options?: FlagOptions): FlagSpec<number | undefined>;
  integer(fallback: number, description: string, options?: FlagOptions): FlagSpec<number>;
  oneOf<const T extends string>(
    choices: readonly T[],
    description: string,
    options?: FlagOptions,
  ): FlagSpec<T | undefined>;
} = {
  boolean: (description, { fallback = false, ...options } = {}) => ({
    form: "boolean",
    description,
    placeholder: "",
    ...(fallback ? { defaultText: "true" } : {}),
    ...options,
    parse: parseBoolean,
    absent: fallback,
  }),
  count: (description, options = {}) => ({
    form: "count",
    description,
    placeholder: "",
    ...options,
    parse: (text) => text.split(",").filter((one) => one === "true").length,
    absent: 0,
  }),
  text: (description, options = {}) => ({
    form: "value",
    description,
    placeholder: "string",
    ...options,
    parse: (text) => text,
    absent: undefined,
  }),
  textWithDefault: (fallback, description, options = {}) => ({
    form: "value",
    description,
    placeholder: "string",
    defaultText: fallback,
    ...options,
    parse: (text) => text,
    absent: fallback,
  }),
  list: (description, options = {}) => ({
    form: "list",
    description,
    placeholder: "strings",
    ...options,
    parse: (text) => text.split(",").filter((part) => part !== ""),
    absent: [],
  }),
  duration: (fallback, description, options = {}) => ({
    form: "value",
    description,
    placeholder: "duration",
    defaultText: fallback,
    ...options,
    parse: parseDuration,
    absent: parseDuration(fallback),
  }),
  optionalDuration: (description, options = {}) => ({
    form: "value",
    description,
    placeholder: "duration",
    ...options,
    parse: parseDuration,
    absent: undefined,
  }),
  integer: (fallback, description, options = {}) => ({
    form: "value",
    description,
    placeholder: "int",
    defaultText: String(fallback),
    ...options,
    parse: parseInteger,
    absent: fallback,
  }),
  oneOf: <const T extends string>(choices: readonly T[], description: string, options: FlagOptions = {}) => ({
    form: "value" as const,
    description,
    placeholder: choices.join("|"),
    choices,
    ...options,
    parse: (text: string) => parseChoice(choices, text),
    absent: undefined,
  }),
};

function parseBoolean(text: string): boolean {
  if (text !== "true" && text !== "false") throw invalid(`${JSON.stringify(text)} is neither true nor false`);
  return text === "true";
}

function parseInteger(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw invalid(`${JSON.stringify(text)} is not a whole number`);
  return Number(text);
}

function parseChoice<T extends string>(choices: readonly T[], text: string): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw invalid(`${JSON.stringify(text)} is not one of ${choices.join(", ")}`);
  return choice;
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_FLAG", message, { class: "terminal" });
}
