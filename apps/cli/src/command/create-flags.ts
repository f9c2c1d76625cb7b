import { readFile } from "node:fs/promises";
import type { CreateFlag, CreateForm, CreateValues, Kind } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject, mergeMaps, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { flag, type FlagSpec, type FlagSpecs } from "./flag.ts";

const maxFileBytes = 1024 * 1024;

/** The flags that `create` has for a kind. */
export function flagsOfForm(kind: Kind): FlagSpecs {
  return Object.fromEntries(Object.entries(kind.cli.create?.flags ?? {}).map(([name, spec]) => [name, flagOf(spec)]));
}

function flagOf(spec: CreateFlag): FlagSpec<unknown> {
  const options = {
    ...(spec.short === undefined ? {} : { short: spec.short }),
    ...(spec.hidden || spec.deprecated !== undefined ? { hidden: true } : {}),
    ...(spec.deprecated === undefined ? {} : { deprecated: spec.deprecated }),
  };
  switch (spec.form) {
    case "boolean":
      return flag.boolean(spec.description, options);
    case "list":
    case "yamlFiles":
      return flag.list(spec.description, options);
    case "duration":
      return spec.fallback === undefined
        ? flag.optionalDuration(spec.description, options)
        : flag.duration(spec.fallback, spec.description, options);
    case "file":
    case "text":
      if (spec.choices) return flag.oneOf(spec.choices, spec.description, options);
      return spec.fallback === undefined
        ? flag.text(spec.description, options)
        : flag.textWithDefault(spec.fallback, spec.description, options);
  }
}

/**
 * The values that a form makes a spec of, files read.
 * @throws EddyError FILE_UNREADABLE (terminal).
 */
export async function createValues(form: CreateForm, given: Readonly<Record<string, unknown>>): Promise<CreateValues> {
  const values = new Map(Object.entries(given));
  for (const [name, spec] of Object.entries(form.flags)) {
    const value = values.get(name);
    if (spec.form === "file" && typeof value === "string") values.set(name, await readBounded(value));
    if (spec.form === "yamlFiles" && Array.isArray(value)) values.set(name, await readYamlFiles(value as string[]));
    if (typeof value === "number") values.set(name, formatDuration(value));
  }
  return {
    text: (name) => (typeof values.get(name) === "string" ? (values.get(name) as string) : undefined),
    isSet: (name) => values.get(name) === true,
    list: (name) => (values.get(name) as readonly string[] | undefined) ?? [],
    data: (name) => values.get(name) as JsonObject | undefined,
  };
}

async function readYamlFiles(paths: readonly string[]): Promise<JsonObject | undefined> {
  let merged: JsonObject | undefined;
  for (const path of paths) {
    const value = parseYaml(await readBounded(path), path);
    if (value !== null && !isObject(value))
      throw new EddyError("FILE_UNREADABLE", `read ${JSON.stringify(path)}: the file is not a map`, {
        class: "terminal",
      });
    merged = mergeMaps(merged ?? {}, value ?? {});
  }
  return merged;
}

function parseYaml(text: string, path: string): Json {
  try {
    return load(text) as Json;
  } catch (cause) {
    throw new EddyError("FILE_UNREADABLE", `read ${JSON.stringify(path)}: ${messageOf(cause)}`, {
      class: "terminal",
      cause,
    });
  }
}

async function readBounded(path: string): Promise<string> {
  const content = await readFile(path).catch((error: unknown) => {
    throw new EddyError("FILE_UNREADABLE", `read ${JSON.stringify(path)}: ${messageOf(error)}`, {
      class: "terminal",
      cause: error,
    });
  });
  if (content.length > maxFileBytes)
    throw new EddyError("FILE_UNREADABLE", `read ${JSON.stringify(path)}: more than 1 MiB`, { class: "terminal" });
  return content.toString("utf8");
}
