import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import type { BuildBudget } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type { FieldSpec, NameReference } from "./field-spec.ts";
import { emptyConfig, mergeConfigs, stepsToMerge, type TransformerConfig } from "./transformer-config.ts";

/**
 * What a file of `crds` tells the transformers: fields marked with `x-kubernetes-annotation`, `-label-selector`, `-identity`
 * and `-object-ref-*`. The file maps type names to `{Schema: …}`. Source: kustomize accumulator/loadconfigfromcrds.
 * @throws KustomizeError
 */
export function parseCrdConfig(text: string, file: string, budget: BuildBudget): TransformerConfig {
  let types: Json;
  try {
    types = load(text, { file });
  } catch (cause) {
    throw new KustomizeError(`unable to parse open API definition from '${file}'`, { position: { file }, cause });
  }
  let config = emptyConfig;
  if (!isObject(types)) return config;
  for (const name of Object.keys(types).sort()) {
    const properties = propertiesOf(types, name);
    if (!["kind", "apiVersion", "metadata"].every((field) => field in properties)) continue;
    const kind = name.slice(name.lastIndexOf(".") + 1);
    config = merge(config, configOf({ types, kind, budget, file }, name, [], new Set()), { types, kind, budget, file });
  }
  return config;
}

/** A type that refers to another twice reads it twice, and that one others: it is the merges that are counted. */
function merge(config: TransformerConfig, incoming: TransformerConfig, { budget, file }: Reading): TransformerConfig {
  budget.step(stepsToMerge(config, incoming), file);
  return mergeConfigs(config, incoming);
}

function propertiesOf(types: JsonObject, name: string): JsonObject {
  const type = isObject(types[name]) ? types[name] : {};
  const schema = type["Schema"] ?? type["schema"];
  const properties = isObject(schema) ? schema["properties"] : undefined;
  return isObject(properties) ? properties : {};
}

interface Reading {
  types: JsonObject;
  kind: string;
  budget: BuildBudget;
  file: string;
}

function configOf(reading: Reading, type: string, path: string[], open: Set<string>): TransformerConfig {
  if (open.has(type)) return emptyConfig;
  const { types, kind } = reading;
  const inside = new Set(open).add(type);
  let config = emptyConfig;
  for (const [name, property] of Object.entries(propertiesOf(types, type))) {
    if (!isObject(property)) continue;
    config = merge(config, configOfProperty(property, kind, [...path, name]), reading);
    const ref = property["$ref"];
    if (typeof ref === "string") config = merge(config, configOf(reading, ref, [...path, name], inside), reading);
  }
  return config;
}

function configOfProperty(property: JsonObject, kind: string, path: string[]): TransformerConfig {
  const text = (name: string): string | undefined => {
    const value = property[`x-kubernetes-${name}`];
    return typeof value === "string" ? value : undefined;
  };
  const spec: FieldSpec = { kind, path: path.join("/") };
  const [version, target] = [text("object-ref-api-version"), text("object-ref-kind")];
  const references: NameReference[] = [];
  if (version !== undefined && target !== undefined) {
    const fieldSpecs = [{ kind, path: [...path, text("object-ref-name-key") ?? "name"].join("/") }];
    references.push({ version, kind: target, fieldSpecs });
  }
  return {
    ...emptyConfig,
    commonAnnotations: text("annotation") === undefined ? [] : [spec],
    commonLabels: text("label-selector") === undefined ? [] : [spec],
    namePrefix: text("identity") === undefined ? [] : [spec],
    nameReference: references,
  };
}
