import { EddyError } from "@eddy/core/errors";
import { load } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { decodeShape, type Shape } from "../model/shape.ts";
import { fieldSpecShape } from "../model/kustomization.ts";
import * as defaults from "./default-config.ts";
import {
  type FieldSpec,
  mergeFieldSpecs,
  mergeNameReferences,
  type NameReference,
  sortFieldSpecs,
} from "./field-spec.ts";

const fieldSpecNames = [
  "namePrefix",
  "nameSuffix",
  "namespace",
  "commonLabels",
  "labels",
  "templateLabels",
  "volumeClaimTemplateLabels",
  "commonAnnotations",
  "varReference",
  "images",
  "replicas",
] as const;

/** Which fields the built-in transformers touch. Immutable: merging makes another. */
export type TransformerConfig = Readonly<Record<(typeof fieldSpecNames)[number], readonly FieldSpec[]>> & {
  readonly nameReference: readonly NameReference[];
};

/** A configuration without any field. */
export const emptyConfig: TransformerConfig = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  volumeClaimTemplateLabels: [],
  commonAnnotations: [],
  varReference: [],
  images: [],
  replicas: [],
  nameReference: [],
};

/** Configurations that do not change when they are merged into nothing. */
const settled = new WeakSet<TransformerConfig>();

/**
 * Adds the fields of another configuration. Merging into nothing may change one: fields of any kind go where a kind has the same.
 * @throws KustomizeError where both name a field with different `create`
 */
export function mergeConfigs(config: TransformerConfig, incoming: TransformerConfig): TransformerConfig {
  if (config === incoming || incoming === emptyConfig) return config;
  if (config === emptyConfig && settled.has(incoming)) return incoming;
  const merged: Record<string, unknown> = {};
  for (const name of fieldSpecNames) merged[name] = sortFieldSpecs(mergeFieldSpecs(config[name], incoming[name]));
  merged["nameReference"] = sortFieldSpecs(mergeNameReferences(config.nameReference, incoming.nameReference));
  return merged as TransformerConfig;
}

const stepsPerMerge = 256;
const stepsPerField = 16;

/** About how many steps it takes to merge two configurations: each field of one is looked for among those of the other. */
export function stepsToMerge(config: TransformerConfig, incoming: TransformerConfig): number {
  let steps = stepsPerMerge;
  // What is there is sorted again, what comes is looked for in it.
  for (const name of fieldSpecNames) steps += config[name].length * (stepsPerField + incoming[name].length);
  return steps + fieldCount(config.nameReference) * fieldCount(incoming.nameReference);
}

function fieldCount(references: readonly NameReference[]): number {
  let count = references.length;
  for (const { fieldSpecs = [] } of references) count += fieldSpecs.length;
  return count;
}

/** What upstream transforms without any configuration. */
export const defaultConfig: TransformerConfig = makeDefaultConfig();

function makeDefaultConfig(): TransformerConfig {
  const sorted: Record<string, readonly FieldSpec[]> = { ...emptyConfig };
  for (const [name, specs] of Object.entries(defaults)) sorted[name] = sortFieldSpecs(specs);
  const merged = mergeConfigs(emptyConfig, sorted as unknown as TransformerConfig);
  settled.add(merged);
  return merged;
}

const nameReferenceShape: Shape = {
  struct: { group: "string", version: "string", kind: "string", fieldSpecs: { list: fieldSpecShape } },
  name: "NameBackReferences",
};
const configShape: Shape = {
  struct: {
    ...Object.fromEntries(fieldSpecNames.map((name) => [name, { list: fieldSpecShape }])),
    nameReference: { list: nameReferenceShape },
  },
  name: "TransformerConfig",
};

/** Reads a file of `configurations`. @throws KustomizeError with the field */
export function parseTransformerConfig(text: string, file: string): TransformerConfig {
  const options = { what: `read the configuration "${file}"`, file, strict: true };
  const read = decodeShape(loadStrictly(text, file), configShape, options) as Partial<TransformerConfig> | undefined;
  const config: Record<string, readonly FieldSpec[]> = { ...emptyConfig };
  for (const [name, specs] of Object.entries(read ?? {})) config[name] = sortFieldSpecs(specs);
  return config as unknown as TransformerConfig;
}

function loadStrictly(text: string, file: string): ReturnType<typeof load> {
  try {
    return load(text, { file, strict: true });
  } catch (cause) {
    throw new KustomizeError(
      `read the configuration "${file}": ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        position: { file, ...(cause instanceof EddyError ? cause.position : {}) },
        cause,
      },
    );
  }
}
