import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import type { FieldSpec, NameReference } from "./field-spec.ts";
import { emptyConfig, mergeConfigs, type TransformerConfig } from "./transformer-config.ts";

/**
 * What a file of `crds` tells the transformers: fields marked with `x-kubernetes-annotation`, `-label-selector`, `-identity`
 * and `-object-ref-*`. The file maps type names to `{Schema: …}`. Source: kustomize accumulator/loadconfigfromcrds.
 * @throws KustomizeError
 */
export function parseCrdConfig(text: string, file: string): TransformerConfig {
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
    config = mergeConfigs(config, configOf(types, name, kind, [], new Set()));
  }
  return config;
}

function propertiesOf(types: JsonObject, name: string): JsonObject {
  const type = isObject(types[name]) ? types[name] : {};
  const schema = type["Schema"] ?? type["schema"];
  const properties = isObject(schema) ? schema["properties"] : undefined;
  return isObject(properties) ? properties : {};
}

function configOf(types: JsonObject, type: string, kind: string, path: string[], open: Set<string>): TransformerConfig {
  if (open.has(type)) return emptyConfig;
  const inside = new Set(open).add(type);
  let config = emptyConfig;
  for (const [name, property] of Object.entries(propertiesOf(types, type))) {
    if (!isObject(property)) continue;
    config = mergeConfigs(config, configOfProperty(property, kind, [...path, name]));
    const ref = property["$ref"];
    if (typeof ref === "string") config = mergeConfigs(config, configOf(types, ref, kind, [...path, name], inside));
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
