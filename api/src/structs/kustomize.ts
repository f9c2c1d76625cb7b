import { list, mapOf, object, required, text, type Schema } from "../schema.ts";

/** Chooses objects; each given field must match, names and namespaces as anchored regular expressions. */
export interface Selector {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  annotationSelector?: string;
  labelSelector?: string;
}

/** A strategic merge or JSON 6902 patch as YAML text, for the objects of `target`. */
export interface Patch {
  patch: string;
  target?: Selector;
}

/** Rewrites references to the image `name`. */
export interface Image {
  name: string;
  newName?: string;
  newTag?: string;
  digest?: string;
}

/** Labels and annotations for every object. */
export interface CommonMetadata {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
}

/** Fields (JSON pointers) of the objects of `target` that are left to other managers. */
export interface IgnoreRule {
  paths: string[];
  target?: Selector;
}

/** Schema of {@link Selector}. */
export function selector(description: string): Schema<Selector> {
  return object<Selector>(
    {
      annotationSelector: text({ description: "Annotations to match, in the syntax of label selectors." }),
      group: text({ description: "API group." }),
      kind: text({ description: "Kind." }),
      labelSelector: text({ description: "Labels to match." }),
      name: text({ description: "Name, an anchored regular expression." }),
      namespace: text({ description: "Namespace, an anchored regular expression." }),
      version: text({ description: "API version without the group." }),
    },
    { description },
  );
}

/** Schema of {@link Patch}[]. */
export const patchesSchema: Schema<Patch[]> = list(
  object<Patch>({
    patch: required(text({ description: "A strategic merge patch, or a list of JSON 6902 operations, as YAML text." })),
    target: selector("Objects that the patch applies to."),
  }),
  { description: "Patches over the built objects, in order." },
);

/** Schema of {@link Image}[]. */
export const imagesSchema: Schema<Image[]> = list(
  object<Image>({
    digest: text({ description: "Digest to use instead of a tag." }),
    name: required(text({ description: "Name of the image to rewrite, without a tag." })),
    newName: text({ description: "Name to use instead." }),
    newTag: text({ description: "Tag to use instead." }),
  }),
  { description: "Image names, tags and digests to rewrite." },
);

/** Schema of {@link CommonMetadata}. */
export const commonMetadataSchema: Schema<CommonMetadata> = object<CommonMetadata>(
  {
    annotations: mapOf(text(), { description: "Annotations for every object." }),
    labels: mapOf(text(), { description: "Labels for every object." }),
  },
  { description: "Labels and annotations for every object; they override what the manifests say." },
);

/** Schema of {@link IgnoreRule}[]. */
export const ignoreRulesSchema: Schema<IgnoreRule[]> = list(
  object<IgnoreRule>({
    paths: required(list(text(), { description: "JSON pointers (RFC 6901) of the fields." })),
    target: selector("Objects that the rule is for; all of them unless given."),
  }),
  { description: "Fields that are left to other managers: neither compared nor written." },
);
