import type { ValuesReference } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject, mergeMaps } from "@eddy/core/json";
import { trim } from "@eddy/core/trim";
import { readValues, setStringValues, setValues, type Values } from "@eddy/helm";

/** What a reference of `valuesFrom` led to: data by key, or nothing where the object is not there. */
export type ReferencedData = Readonly<Record<string, string>> | undefined;

/** One reference of `valuesFrom` with what it led to; `missing` is the server's text for an object that is not there. */
export interface ResolvedReference {
  reference: ValuesReference;
  data: ReferencedData;
  missing?: string;
}

/**
 * The values of a release: files of references in order, then the inline ones over them; a value for a path is set at its
 * place in the list, over the inline values as well. Maps are shared between the steps, as upstream does it: what a path sets
 * below a map that only the inline values have stays. Inline values are changed by that. Source: fluxcd/pkg chartutil
 * `ChartValuesFromReferences`, flux2.md 1.9.
 * @throws EddyError VALUES_REFERENCE (retry) in upstream's words
 */
export function composeValues(namespace: string, inline: Values, references: readonly ResolvedReference[]): Values {
  let values: Values = {};
  for (const { reference, data, missing } of references) {
    const text = pick(namespace, reference, data, missing);
    if (text === undefined) continue;
    if (reference.targetPath === undefined || reference.targetPath === "") {
      values = mergeMaps(values, readFile(namespace, reference, text));
      continue;
    }
    values = mergeMaps(values, inline);
    try {
      setAtPath(values, reference.targetPath, text, reference.literal === true);
    } catch (cause) {
      throw failure(namespace, reference, messageOf(cause), cause);
    }
  }
  return mergeMaps(values, inline);
}

function pick(
  namespace: string,
  reference: ValuesReference,
  data: ReferencedData,
  missing: string | undefined,
): string | undefined {
  const text = data && Object.hasOwn(data, keyOf(reference)) ? data[keyOf(reference)] : undefined;
  if (text !== undefined || reference.optional) return text;
  throw failure(namespace, reference, data ? "key not found" : (missing ?? "resource not found"));
}

function readFile(namespace: string, reference: ValuesReference, text: string): Values {
  try {
    const values = readValues(text);
    return isObject(values) ? values : {};
  } catch (cause) {
    throw failure(namespace, reference, messageOf(cause), cause);
  }
}

// Quotes force text; a literal is taken as it is, whatever `--set` would make of its characters.
function setAtPath(values: Values, path: string, text: string, isLiteral: boolean): void {
  if (isLiteral) return setStringValues(`${path}=${escape(text)}`, values);
  const isQuoted = (text.startsWith("'") && text.endsWith("'")) || (text.startsWith('"') && text.endsWith('"'));
  if (!isQuoted) return setValues(`${path}=${text}`, values);
  setStringValues(`${path}=${trim(text, `'"`)}`, values);
}

function escape(text: string): string {
  return text.replace(/[\\,[\]{}]/g, (character) => `\\${character}`);
}

function keyOf({ valuesKey = "values.yaml" }: ValuesReference): string {
  return valuesKey;
}

function failure(namespace: string, reference: ValuesReference, why: string, cause?: unknown): EddyError {
  const { kind, name, optional } = reference;
  const what = `could not resolve${optional ? " optional" : ""} ${kind} chart values reference '${namespace}/${name}' with key '${keyOf(reference)}'`;
  return new EddyError("VALUES_REFERENCE", `${what}: ${why}`, cause === undefined ? {} : { cause });
}
