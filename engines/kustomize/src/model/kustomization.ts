import type { FieldSpec } from "../config/field-spec.ts";
import type { Shape } from "./shape.ts";

/** Who is meant by a patch or a replacement; every field but the selectors is a regular expression, anchored at both ends. */
export interface Selector {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  annotationSelector?: string;
  labelSelector?: string;
}

export interface PatchEntry {
  path?: string;
  patch?: string;
  target?: Selector;
  options?: { allowNameChange?: boolean; allowKindChange?: boolean };
}

export interface ImageEntry {
  name?: string;
  newName?: string;
  tagSuffix?: string;
  newTag?: string;
  digest?: string;
}

export interface ReplicaEntry {
  name?: string;
  count?: number;
}

export interface LabelEntry {
  pairs?: Record<string, string>;
  includeSelectors?: boolean;
  includeTemplates?: boolean;
  includeVolumeClaimTemplates?: boolean;
  fields?: FieldSpec[];
}

export interface FieldOptions {
  delimiter?: string;
  index?: number;
  encoding?: string;
  create?: boolean;
}

export interface ReplacementSource {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  fieldPath?: string;
  options?: FieldOptions;
}

export interface ReplacementTarget {
  select?: Selector;
  reject?: Selector[];
  fieldPaths?: string[];
  options?: FieldOptions;
}

export interface ReplacementEntry {
  path?: string;
  source?: ReplacementSource;
  sourceValue?: string;
  targets?: ReplacementTarget[];
}

export interface VarEntry {
  name?: string;
  objref?: { apiVersion?: string; group?: string; version?: string; kind?: string; name?: string; namespace?: string };
  fieldref?: { fieldPath?: string };
}

export interface GeneratorOptions {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  disableNameSuffixHash?: boolean;
  immutable?: boolean;
}

export interface GeneratorArgs {
  namespace?: string;
  name?: string;
  behavior?: string;
  literals?: string[];
  files?: string[];
  envs?: string[];
  env?: string;
  options?: GeneratorOptions;
  /** Of a secret. */
  type?: string;
}

export interface SortOptions {
  order?: string;
  legacySortOptions?: { orderFirst?: string[]; orderLast?: string[] };
}

/** A kustomization file as it was read, after legacy fields were moved to where they belong. */
export interface Kustomization {
  apiVersion?: string;
  kind?: string;
  metadata?: object;
  openapi?: Record<string, string>;
  namePrefix?: string;
  nameSuffix?: string;
  namespace?: string;
  commonLabels?: Record<string, string>;
  labels?: LabelEntry[];
  commonAnnotations?: Record<string, string>;
  patchesStrategicMerge?: string[];
  patchesJson6902?: PatchEntry[];
  patches?: PatchEntry[];
  images?: ImageEntry[];
  imageTags?: ImageEntry[];
  replacements?: ReplacementEntry[];
  replicas?: ReplicaEntry[];
  vars?: VarEntry[];
  sortOptions?: SortOptions;
  resources?: string[];
  components?: string[];
  crds?: string[];
  bases?: string[];
  configMapGenerator?: GeneratorArgs[];
  secretGenerator?: GeneratorArgs[];
  helmGlobals?: Record<string, unknown>;
  helmCharts?: Record<string, unknown>[];
  helmChartInflationGenerator?: Record<string, unknown>[];
  generatorOptions?: GeneratorOptions;
  configurations?: string[];
  generators?: string[];
  transformers?: string[];
  validators?: string[];
  buildMetadata?: string[];
}

const texts: Shape = { list: "string" };
const pairs: Shape = { map: "string" };
const struct = (name: string, fields: Readonly<Record<string, Shape>>): Shape => ({ struct: fields, name });
const gvkFields = { group: "string", version: "string", kind: "string" } as const;

export const fieldSpecShape: Shape = struct("FieldSpec", { ...gvkFields, path: "string", create: "boolean" });
export const selectorShape: Shape = struct("Selector", {
  ...gvkFields,
  name: "string",
  namespace: "string",
  annotationSelector: "string",
  labelSelector: "string",
});
export const patchShape: Shape = struct("Patch", {
  path: "string",
  patch: "string",
  target: selectorShape,
  options: struct("PatchArgs", { allowNameChange: "boolean", allowKindChange: "boolean" }),
});
export const imageShape: Shape = struct("Image", {
  name: "string",
  newName: "string",
  tagSuffix: "string",
  newTag: "string",
  digest: "string",
});
export const replicaShape: Shape = struct("Replica", { name: "string", count: "integer" });
const labelShape = struct("Label", {
  pairs,
  includeSelectors: "boolean",
  includeTemplates: "boolean",
  includeVolumeClaimTemplates: "boolean",
  fields: { list: fieldSpecShape },
});
const fieldOptionsShape = struct("FieldOptions", {
  delimiter: "string",
  index: "integer",
  encoding: "string",
  create: "boolean",
});
const replacementFields = {
  source: struct("SourceSelector", {
    ...gvkFields,
    name: "string",
    namespace: "string",
    fieldPath: "string",
    options: fieldOptionsShape,
  }),
  targets: {
    list: struct("TargetSelector", {
      select: selectorShape,
      reject: { list: selectorShape },
      fieldPaths: texts,
      options: fieldOptionsShape,
    }),
  },
  sourceValue: "string",
} as const;
export const replacementShape: Shape = struct("Replacement", replacementFields);
export const replacementFieldShape: Shape = struct("ReplacementField", { ...replacementFields, path: "string" });
const varShape = struct("Var", {
  name: "string",
  objref: struct("Target", { ...gvkFields, apiVersion: "string", name: "string", namespace: "string" }),
  fieldref: struct("FieldSelector", { fieldPath: "string" }),
});
export const generatorOptionsShape: Shape = struct("GeneratorOptions", {
  labels: pairs,
  annotations: pairs,
  disableNameSuffixHash: "boolean",
  immutable: "boolean",
});
/** Fields of a ConfigMap's or Secret's generator. */
export const generatorFields: Readonly<Record<string, Shape>> = {
  namespace: "string",
  name: "string",
  behavior: "string",
  literals: texts,
  files: texts,
  envs: texts,
  env: "string",
  options: generatorOptionsShape,
};
const objectMetaShape = struct("ObjectMeta", {
  name: "string",
  namespace: "string",
  labels: pairs,
  annotations: pairs,
});
const helmChartShape = struct("HelmChart", {
  name: "string",
  version: "string",
  repo: "string",
  releaseName: "string",
  namespace: "string",
  additionalValuesFiles: texts,
  valuesFile: "string",
  valuesInline: { map: "any" },
  valuesMerge: "string",
  includeCRDs: "boolean",
  skipHooks: "boolean",
  apiVersions: texts,
  kubeVersion: "string",
  nameTemplate: "string",
  skipTests: "boolean",
  debug: "boolean",
  devel: "boolean",
});
const helmChartArgsShape = struct("HelmChartArgs", {
  chartName: "string",
  chartVersion: "string",
  chartRepoUrl: "string",
  chartHome: "string",
  chartRepoName: "string",
  helmBin: "string",
  helmHome: "string",
  values: "string",
  valuesLocal: { map: "any" },
  valuesMerge: "string",
  releaseName: "string",
  releaseNamespace: "string",
  extraArgs: texts,
});
const legacySortShape = struct("LegacySortOptions", { orderFirst: texts, orderLast: texts });
export const sortOptionsShape: Shape = struct("SortOptions", { order: "string", legacySortOptions: legacySortShape });

/** The shape of a kustomization file. */
export const kustomizationShape: Shape = struct("Kustomization", {
  kind: "string",
  apiVersion: "string",
  metadata: objectMetaShape,
  openapi: pairs,
  namePrefix: "string",
  nameSuffix: "string",
  namespace: "string",
  commonLabels: pairs,
  labels: { list: labelShape },
  commonAnnotations: pairs,
  patchesStrategicMerge: texts,
  patchesJson6902: { list: patchShape },
  patches: { list: patchShape },
  images: { list: imageShape },
  imageTags: { list: imageShape },
  replacements: { list: replacementFieldShape },
  replicas: { list: replicaShape },
  vars: { list: varShape },
  sortOptions: sortOptionsShape,
  resources: texts,
  components: texts,
  crds: texts,
  bases: texts,
  configMapGenerator: { list: struct("ConfigMapArgs", generatorFields) },
  secretGenerator: { list: struct("SecretArgs", { ...generatorFields, type: "string" }) },
  helmGlobals: struct("HelmGlobals", { chartHome: "string", configHome: "string" }),
  helmCharts: { list: helmChartShape },
  helmChartInflationGenerator: { list: helmChartArgsShape },
  generatorOptions: generatorOptionsShape,
  configurations: texts,
  generators: texts,
  transformers: texts,
  validators: texts,
  buildMetadata: texts,
});
