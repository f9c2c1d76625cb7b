import { isObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { mergeFieldSpecs, type FieldSpec } from "../config/field-spec.ts";
import type { TransformerConfig } from "../config/transformer-config.ts";
import { KustomizeError } from "../error.ts";
import type { Kustomization, LabelEntry, ReplacementEntry } from "../model/kustomization.ts";
import { replacementShape } from "../model/kustomization.ts";
import { decodeShape } from "../model/shape.ts";
import { setImages } from "../transformers/images.ts";
import { setNamespaces } from "../transformers/namespace.ts";
import { applyPatchEntry, mergeNamedPatches, patchJson6902 } from "../transformers/patches.ts";
import { prefixNames, suffixNames } from "../transformers/prefix-suffix.ts";
import { replaceFields } from "../transformers/replacements.ts";
import { setReplicas } from "../transformers/replicas.ts";
import { setPairs } from "../transformers/set-pairs.ts";
import type { Transformer } from "../transformers/transformer.ts";
import { type PatchContext, readJson6902, readNamedPatches, readPatchEntry } from "./read-patch.ts";

/** A transformer and the kind of plugin that upstream knows it as. */
export interface NamedTransformer {
  kind: string;
  run: Transformer;
}

/** The transformers that a kustomization's own fields ask for, in the order in which they run. @throws KustomizeError */
export function builtInTransformers(
  kustomization: Kustomization,
  config: TransformerConfig,
  context: PatchContext,
): NamedTransformer[] {
  const { namespace, namePrefix, nameSuffix, commonAnnotations } = kustomization;
  const list: NamedTransformer[] = [];
  const add = (kind: string, run: Transformer): void => void list.push({ kind, run });
  if (kustomization.patchesStrategicMerge?.length) {
    add(
      "PatchStrategicMergeTransformer",
      mergeNamedPatches(readNamedPatches(kustomization.patchesStrategicMerge, context)),
    );
  }
  for (const entry of kustomization.patches ?? [])
    add("PatchTransformer", applyPatchEntry(readPatchEntry(entry, context)));
  if (namespace) add("NamespaceTransformer", setNamespaces({ namespace, specs: config.namespace }));
  if (namePrefix) add("PrefixTransformer", prefixNames(namePrefix, config.namePrefix));
  if (nameSuffix) add("SuffixTransformer", suffixNames(nameSuffix, config.nameSuffix));
  for (const run of labelTransformers(kustomization, config)) add("LabelTransformer", run);
  if (commonAnnotations && Object.keys(commonAnnotations).length > 0) {
    add("AnnotationsTransformer", setPairs(commonAnnotations, config.commonAnnotations));
  }
  for (const entry of kustomization.patchesJson6902 ?? []) {
    const { operations, file } = readJson6902(entry, context);
    add("PatchJson6902Transformer", patchJson6902(entry.target ?? {}, operations, file));
  }
  for (const entry of kustomization.replicas ?? []) add("ReplicaCountTransformer", setReplicas(entry, config.replicas));
  for (const entry of kustomization.images ?? []) add("ImageTagTransformer", setImages(entry, config.images));
  if (kustomization.replacements?.length) {
    add("ReplacementTransformer", replaceFields(readReplacements(kustomization.replacements, context)));
  }
  return list;
}

function labelTransformers({ labels, commonLabels }: Kustomization, config: TransformerConfig): Transformer[] {
  if (!labels?.length && Object.keys(commonLabels ?? {}).length === 0) return [];
  const entries = (labels ?? []).map((entry) => setPairs(entry.pairs ?? {}, labelFields(entry, config)));
  return [...entries, setPairs(commonLabels ?? {}, config.commonLabels)];
}

function labelFields(entry: LabelEntry, config: TransformerConfig): readonly FieldSpec[] {
  const fields = mergeFieldSpecs(entry.fields ?? [], config.labels);
  if (entry.includeSelectors) return mergeFieldSpecs(fields, config.commonLabels);
  const templates = entry.includeTemplates ? mergeFieldSpecs(fields, config.templateLabels) : fields;
  const claims = entry.includeVolumeClaimTemplates
    ? mergeFieldSpecs(templates, config.volumeClaimTemplateLabels)
    : templates;
  return mergeFieldSpecs(claims, [{ path: "metadata/labels", create: true }]);
}

/** Replaces entries with a `path` by what the file holds: one replacement or a list. @throws KustomizeError */
export function readReplacements(
  entries: readonly ReplacementEntry[],
  { loader, file }: PatchContext,
): ReplacementEntry[] {
  return entries.flatMap((entry) => {
    if (!entry.path) return [entry];
    if (entry.source !== undefined || entry.targets?.length) {
      throw new KustomizeError("cannot specify both path and inline replacement", {
        position: { file, field: "replacements" },
      });
    }
    const loaded = loader.loadText(entry.path);
    const value = load(loaded.text, { file: loaded.file });
    if (!isObject(value) && !Array.isArray(value)) {
      throw new KustomizeError(`unsupported replacement type encountered within replacement path: "${loaded.file}"`, {
        position: { file: loaded.file },
      });
    }
    const shape = Array.isArray(value) ? { list: replacementShape } : replacementShape;
    const options = { what: `read the replacements "${loaded.file}"`, file: loaded.file, strict: false };
    const read = decodeShape(value, shape, options) as ReplacementEntry | ReplacementEntry[];
    return Array.isArray(read) ? read : [read];
  });
}
