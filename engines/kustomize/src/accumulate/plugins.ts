import type { FieldSpec } from "../config/field-spec.ts";
import { KustomizeError } from "../error.ts";
import { generateConfigMap, generateIamPolicy, generateSecret, type IamPolicyConfig } from "../generators/generate.ts";
import type { Loader } from "../load/loader.ts";
import {
  fieldSpecShape,
  type GeneratorArgs,
  generatorFields,
  imageShape,
  type ImageEntry,
  type PatchEntry,
  type ReplacementEntry,
  type ReplicaEntry,
  replacementFieldShape,
  replicaShape,
  selectorShape,
  type Selector,
} from "../model/kustomization.ts";
import { decodeShape, type Shape } from "../model/shape.ts";
import { formatGvk } from "../resid/gvk.ts";
import { formatId } from "../resid/res-id.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { readObjects } from "../resource/read-objects.ts";
import { hashNames } from "../transformers/hash.ts";
import { setImages } from "../transformers/images.ts";
import { setNamespaces, type SubjectMode } from "../transformers/namespace.ts";
import { applyPatchEntry, mergeNamedPatches, patchJson6902 } from "../transformers/patches.ts";
import { prefixNames, suffixNames } from "../transformers/prefix-suffix.ts";
import { replaceFields } from "../transformers/replacements.ts";
import { setReplicas } from "../transformers/replicas.ts";
import { setPairs } from "../transformers/set-pairs.ts";
import type { Transformer } from "../transformers/transformer.ts";
import { addValues, type ValueTarget } from "../transformers/value-add.ts";
import type { BuildContext } from "./build-context.ts";
import { readReplacements } from "./built-in-transformers.ts";
import { renderHelmChart } from "./helm.ts";
import { type PatchContext, readJson6902, readNamedPatches, readPatchEntry } from "./read-patch.ts";

/** A plugin's configuration, decoded; each plugin has some of these fields. */
interface PluginConfig {
  metadata?: { name?: string; namespace?: string };
  fieldSpecs?: FieldSpec[];
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  imageTag?: ImageEntry;
  replica?: ReplicaEntry;
  replacements?: ReplacementEntry[];
  prefix?: string;
  suffix?: string;
  unsetOnly?: boolean;
  setRoleBindingSubjects?: string;
  paths?: string[];
  patches?: string;
  path?: string;
  patch?: string;
  jsonOp?: string;
  target?: Selector;
  options?: PatchEntry["options"];
  value?: string;
  targets?: ValueTarget[];
  targetFilePath?: string;
}

const pairs: Shape = { map: "string" };
const metadataShape: Shape = {
  struct: { name: "string", namespace: "string", labels: pairs, annotations: pairs },
  name: "ObjectMeta",
};
const valueTargetShape: Shape = {
  struct: { selector: selectorShape, fieldPath: "string", filePathPosition: "integer" },
  name: "Target",
};
const patchOptionsShape: Shape = {
  struct: { allowNameChange: "boolean", allowKindChange: "boolean" },
  name: "PatchArgs",
};
const fieldSpecs: Shape = { list: fieldSpecShape };

/** A plugin that is at work in one kustomization. */
interface PluginContext {
  loader: Loader;
  patches: PatchContext;
}

interface TransformerPlugin {
  fields: Readonly<Record<string, Shape>>;
  make: (config: PluginConfig, context: PluginContext) => Transformer;
}

/** Field specs that must be given. @throws KustomizeError */
function requiredSpecs({ fieldSpecs: specs }: PluginConfig): readonly FieldSpec[] {
  if (specs !== undefined) return specs;
  throw new KustomizeError("fieldSpecs is not expected to be nil", { position: { field: "fieldSpecs" } });
}

function subjectMode(text: string | undefined): SubjectMode {
  if (text === undefined || text === "") return "defaultOnly";
  if (text === "allServiceAccounts" || text === "defaultOnly" || text === "none") return text;
  throw new KustomizeError(
    `invalid value "${text}" for setRoleBindingSubjects: must be one of "defaultOnly", "none" or "allServiceAccounts"`,
    { position: { field: "setRoleBindingSubjects" } },
  );
}

const transformerPlugins: Readonly<Record<string, TransformerPlugin>> = {
  AnnotationsTransformer: {
    fields: { annotations: pairs, fieldSpecs },
    make: (config) => setPairs(config.annotations ?? {}, config.fieldSpecs ?? []),
  },
  HashTransformer: { fields: {}, make: () => hashNames() },
  ImageTagTransformer: {
    fields: { imageTag: imageShape, fieldSpecs },
    make: (config) => setImages(config.imageTag ?? {}, config.fieldSpecs ?? []),
  },
  LabelTransformer: {
    fields: { labels: pairs, fieldSpecs },
    make: (config) => setPairs(config.labels ?? {}, config.fieldSpecs ?? []),
  },
  NamespaceTransformer: {
    fields: { metadata: metadataShape, fieldSpecs, unsetOnly: "boolean", setRoleBindingSubjects: "string" },
    make: ({ metadata, fieldSpecs: specs = [], unsetOnly = false, setRoleBindingSubjects }) =>
      setNamespaces({
        namespace: metadata?.namespace ?? "",
        specs,
        unsetOnly,
        subjects: subjectMode(setRoleBindingSubjects),
      }),
  },
  PatchJson6902Transformer: {
    fields: { target: selectorShape, path: "string", jsonOp: "string" },
    make: ({ target, path, jsonOp }, { patches }) => {
      const entry = { ...(target && { target }), ...(path && { path }), ...(jsonOp && { patch: jsonOp }) };
      const { operations, file } = readJson6902(entry, patches);
      return patchJson6902(target ?? {}, operations, file);
    },
  },
  PatchStrategicMergeTransformer: {
    fields: { paths: { list: "string" }, patches: "string" },
    make: ({ paths = [], patches: text }, { patches }) =>
      mergeNamedPatches(readNamedPatches([...paths, ...(text ? [text] : [])], patches)),
  },
  PatchTransformer: {
    fields: { path: "string", patch: "string", target: selectorShape, options: patchOptionsShape },
    make: (config, { patches }) => applyPatchEntry(readPatchEntry(config as PatchEntry, patches)),
  },
  PrefixSuffixTransformer: {
    fields: { prefix: "string", suffix: "string", fieldSpecs },
    make: (config) => {
      const specs = requiredSpecs(config);
      const [prefix, suffix] = [prefixNames(config.prefix ?? "", specs), suffixNames(config.suffix ?? "", specs)];
      return (set) => {
        prefix(set);
        suffix(set);
      };
    },
  },
  PrefixTransformer: {
    fields: { prefix: "string", fieldSpecs },
    make: (config) => prefixNames(config.prefix ?? "", requiredSpecs(config)),
  },
  SuffixTransformer: {
    fields: { suffix: "string", fieldSpecs },
    make: (config) => suffixNames(config.suffix ?? "", requiredSpecs(config)),
  },
  ReplacementTransformer: {
    fields: { replacements: { list: replacementFieldShape } },
    make: (config, { patches }) => replaceFields(readReplacements(config.replacements ?? [], patches)),
  },
  ReplicaCountTransformer: {
    fields: { replica: replicaShape, fieldSpecs },
    make: (config) => setReplicas(config.replica ?? {}, config.fieldSpecs ?? []),
  },
  ValueAddTransformer: {
    fields: { value: "string", targets: { list: valueTargetShape }, targetFilePath: "string" },
    make: (config, { loader }) => {
      const loaded = config.targetFilePath ? loader.loadText(config.targetFilePath) : undefined;
      return addValues(config.value ?? "", config.targets ?? [], loaded, loader.root);
    },
  },
};

function refuse(plugin: BuildObject, message: string): KustomizeError {
  return new KustomizeError(message, {
    position: { file: plugin.origin, ...(plugin.live.line > 0 ? { line: plugin.live.line } : {}) },
  });
}

function requireBuiltIn(plugin: BuildObject): void {
  if (plugin.apiVersion === "builtin") return;
  throw refuse(
    plugin,
    `external plugins disabled; unable to load external plugin '${plugin.kind}': only built-in generators and transformers run, programs and containers do not`,
  );
}

function decodeConfig(plugin: BuildObject, fields: Readonly<Record<string, Shape>>): PluginConfig {
  const options = {
    what: `plugin ${formatId(plugin.originalId())} fails configuration`,
    file: plugin.origin,
    strict: false,
  };
  return decodeShape(plugin.toJson(), { struct: fields, name: plugin.kind }, options) ?? {};
}

/** The transformer that a plugin's configuration describes. @throws KustomizeError for others than built-in ones */
export function transformerOf(plugin: BuildObject, loader: Loader): Transformer {
  requireBuiltIn(plugin);
  const kind = transformerPlugins[plugin.kind];
  if (kind === undefined) {
    const what =
      plugin.kind in generatorPlugins ? `plugin ${formatId(plugin.originalId())} not a transformer` : unknown(plugin);
    throw refuse(plugin, what);
  }
  const patches = { loader, schema: plugin.schema, budget: loader.context.budget, file: plugin.origin };
  return kind.make(decodeConfig(plugin, kind.fields), { loader, patches });
}

const unknown = (plugin: BuildObject): string => `unable to load builtin ${formatGvk(plugin.originalId())}`;

type Generate = (plugin: BuildObject, loader: Loader, context: BuildContext) => BuildObject[];

const generatorPlugins: Readonly<Record<string, Generate>> = {
  ConfigMapGenerator: (plugin, loader) => [generateConfigMap(generatorArgs(plugin), generatorContext(plugin, loader))],
  SecretGenerator: (plugin, loader) => [generateSecret(generatorArgs(plugin), generatorContext(plugin, loader))],
  IAMPolicyGenerator: (plugin, loader) => {
    const config = plugin.toJson() as unknown as IamPolicyConfig;
    return [generateIamPolicy(config, generatorContext(plugin, loader))];
  },
  HelmChartInflationGenerator: (plugin, loader, context) => {
    const text = renderHelmChart(plugin.toJson() as Record<string, unknown>, loader, context.helm, plugin.origin);
    return readObjects(text, plugin.origin, context);
  },
};

function generatorContext(plugin: BuildObject, loader: Loader): Parameters<typeof generateConfigMap>[1] {
  return { loader, schema: plugin.schema, origin: plugin.origin };
}

function generatorArgs(plugin: BuildObject): GeneratorArgs {
  const read = decodeConfig(plugin, { ...generatorFields, type: "string", metadata: metadataShape });
  const { metadata, ...args } = read as PluginConfig & GeneratorArgs;
  const name = args.name || metadata?.name;
  const namespace = args.namespace || metadata?.namespace;
  return { ...args, ...(name && { name }), ...(namespace && { namespace }) };
}

/** What a generator plugin's configuration makes. @throws KustomizeError for others than built-in ones */
export function generatedBy(plugin: BuildObject, loader: Loader, context: BuildContext): BuildObject[] {
  requireBuiltIn(plugin);
  const generate = generatorPlugins[plugin.kind];
  if (generate !== undefined) return generate(plugin, loader, context);
  throw refuse(
    plugin,
    plugin.kind in transformerPlugins ? `plugin ${formatId(plugin.originalId())} not a generator` : unknown(plugin),
  );
}
