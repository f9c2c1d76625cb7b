import { isObject, memberOf, setMember, type Json } from "@eddy/core/json";
import { loadDocuments, YamlError } from "@eddy/goyaml";
import { loadYaml } from "../decode/decode-value.ts";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import type { Value, Values } from "./values.ts";

/**
 * Reads a file of values: Helm 4 merges several documents, Helm 3 reads the first. Every number is a float64.
 * @throws HelmError (terminal) in Helm's words
 */
export function readValues(text: string, dialect: HelmDialect = "helm4", file?: string): Values {
  if (!dialectRules[dialect].manyValuesDocuments) return tableOf(loadYaml(text, file));
  try {
    const documents = loadDocuments(text, file === undefined ? {} : { file });
    return documents.reduce<Values>((values, { value }) => mergeMaps(values, tableOf(value)), {});
  } catch (cause) {
    if (!(cause instanceof YamlError) && !(cause instanceof HelmError)) throw cause;
    const message = cause instanceof YamlError ? `error converting YAML to JSON: ${cause.message}` : cause.message;
    throw new HelmError(`cannot unmarshal yaml document: ${message}`, { cause, position: cause.position ?? {} });
  }
}

function tableOf(value: Json): Values {
  if (value === null) return {};
  if (isObject(value)) return toFloats(value) as Values;
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : jsonKind(value);
  throw new HelmError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
  );
}

function jsonKind(value: unknown): string {
  return typeof value === "string" ? "string" : "number";
}

/** Data out of YAML or JSON as Go holds it: every number a float64. The value itself where nothing changes. */
export function toFloats(value: Value): Value {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = toFloats(item);
    return value;
  }
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (typeof member === "bigint" || (typeof member === "object" && member !== null)) value[key] = toFloats(member);
  }
  return value;
}

/** Lays values over others, later ones winning: tables merge, everything else is replaced, null too. */
export function mergeMaps(base: Values, over: Values): Values {
  const merged = { ...base };
  for (const key of Object.keys(over)) {
    const value = over[key];
    const below = memberOf(merged, key);
    setMember(merged, key, isObject(value) && isObject(below) ? mergeMaps(below, value) : value);
  }
  return merged;
}
