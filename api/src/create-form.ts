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
  /** Taken for scripts that have it, and in no help. */
  hidden?: boolean;
  /** Taken and without effect; what is said of it, as flux says it. Not in the help. */
  deprecated?: string;
  /** Of a `text` flag: nothing else is taken. */
  choices?: readonly string[];
}

/** Values of the flags that were given or have a fallback, by camel-case name; durations in Go's form. */
export interface CreateValues {
  text(flag: string): string | undefined;
  isSet(flag: string): boolean;
  list(flag: string): readonly string[];
  /** Of a `yamlFiles` flag. */
  data(flag: string): JsonObject | undefined;
}

/** An SSH key to be made, or taken, for a Git host. */
export interface SshKeyRequest {
  /** `ssh://…`. */
  url: string;
  algorithm: string;
  rsaBits: number;
  ecdsaCurve: string;
  /** An existing key, and its passphrase. */
  privateKey: string | undefined;
  password: string | undefined;
  /** Nobody is asked whether the host has the key by now. */
  isSilent: boolean;
}

/** What `eddy create` asks for, and what it makes of it. */
export interface CreateForm {
  flags: Readonly<Record<string, CreateFlag>>;
  /** What an example does, and the words after `eddy create`. */
  examples: readonly (readonly [string, string])[];
  /** Checks that need what takes long to load; asked after {@link spec}. Throws EddyError USAGE (terminal). */
  check?(values: CreateValues): Promise<void>;
  /** The spec. Throws EddyError USAGE (terminal) for values that do not go together. */
  spec(values: CreateValues, interval: string): Record<string, unknown>;
  /** `stringData` of a Secret to be created and referred to by `spec.secretRef`, if one is needed. */
  secret?(values: CreateValues): Record<string, string> | undefined;
  /** The Secret's name. Default: the object's. */
  secretName?(name: string): string;
  /** What is said to be in it. Default `repository credentials`. */
  secretPhrase?: string;
  /** A key that the Secret is to hold instead, if one is needed; not for an export. */
  sshKey?(values: CreateValues): SshKeyRequest | undefined;
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
