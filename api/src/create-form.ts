import { EddyError } from "@eddy/core/errors";
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/**
 * A flag of `eddy create`. A `file` flag takes a path, and its value is the file's text. A `yamlFiles` flag takes paths, and
 * its value is what is in the files, maps merged left to right.
 */
export interface CreateFlag {
  form: "text" | "boolean" | "list" | "duration" | "file" | "yamlFiles";
  description: string;
  short?: string;
  /** As it would be typed. */
  fallback?: string;
}

/** Values of the flags that were given or have a fallback, by camel-case name; durations in Go's form. */
export interface CreateValues {
  text(flag: string): string | undefined;
  isSet(flag: string): boolean;
  list(flag: string): readonly string[];
  /** Of a `yamlFiles` flag. */
  data(flag: string): JsonObject | undefined;
}

/** What `eddy create` asks for, and what it makes of it. */
export interface CreateForm {
  flags: Readonly<Record<string, CreateFlag>>;
  /** What an example does, and the words after `eddy create`. */
  examples: readonly (readonly [string, string])[];
  /** The spec. Throws EddyError USAGE (terminal) for values that do not go together. */
  spec(values: CreateValues, interval: string): Record<string, unknown>;
  /** `stringData` of a Secret to be created with the object's name and referred to by `spec.secretRef`, if one is needed. */
  secret?(values: CreateValues): Record<string, string> | undefined;
  /** What to say once the object is ready. */
  readyMessages(object: KubeObject): readonly string[];
}

/** An error in what was typed. */
export function usageError(message: string, hint?: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal", ...(hint === undefined ? {} : { hint }) });
}

/** Leaves out what is undefined. */
export function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
