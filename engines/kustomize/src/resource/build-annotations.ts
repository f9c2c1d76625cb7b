import { isNilOrEmpty, field } from "../node/fields.ts";
import type { BuildObject, GenerationBehavior } from "./build-object.ts";
import { setMetadataMap } from "./metadata.ts";

const domain = "internal.config.kubernetes.io/";

/** Annotations that belong to builds and never leave one. Source: kustomize resource.BuildAnnotations. */
const buildAnnotations: ReadonlySet<string> = new Set([
  ...["previousKinds", "previousNames", "prefixes", "suffixes", "previousNamespaces", "allowNameChange"].map(
    (key) => domain + key,
  ),
  ...["allowKindChange", "refBy", "generatorBehavior", "needsHashSuffix", "path", "index", "seqindent", "id"].map(
    (key) => domain + key,
  ),
  ...["annotations-migration-resource-id", "helm-generated"].map((key) => domain + key),
  "config.kubernetes.io/path",
  "config.kubernetes.io/index",
  "config.k8s.io/id",
]);

/** Where `buildMetadata` says an object comes from. */
export const originAnnotation = "config.kubernetes.io/origin";
/** Which transformers touched an object. */
export const transformationsAnnotation = "alpha.config.kubernetes.io/transformations";
/** Marks objects of a rendered chart: the namespace transformer leaves them alone. */
export const helmGeneratedAnnotation: string = `${domain}helm-generated`;

/** Takes over what an earlier build or a function wrote into an object's annotations about its past. */
export function absorbBuildAnnotations(object: BuildObject): BuildObject {
  const written = field(field(object.node, "metadata"), "annotations");
  if (written === undefined || !written.content.some(({ value }) => value.startsWith(domain))) return object;
  const annotations = object.annotations();
  const list = (key: string): string[] => annotations.get(domain + key)?.split(",") ?? [];
  const [names, namespaces, kinds] = [list("previousNames"), list("previousNamespaces"), list("previousKinds")];
  object.previous = names.map((name, index) => ({
    name,
    namespace: namespaces[index] ?? "",
    kind: kinds[index] ?? "",
  }));
  object.prefixes = list("prefixes");
  object.suffixes = list("suffixes");
  object.needsHash = annotations.get(`${domain}needsHashSuffix`) === "enabled";
  object.allowNameChange = annotations.get(`${domain}allowNameChange`) === "enabled";
  object.allowKindChange = annotations.get(`${domain}allowKindChange`) === "enabled";
  object.behavior = behaviorOf(annotations.get(`${domain}generatorBehavior`));
  return object;
}

/** A generator's `behavior`; unknown words count as none. */
export function behaviorOf(text: string | undefined): GenerationBehavior {
  return text === "create" || text === "replace" || text === "merge" ? text : "unspecified";
}

/**
 * Leaves an object's annotations as a build's result has them: without those of the build, origins and transformations only
 * where they were asked for, every value a string, no empty map.
 */
export function finishAnnotations(object: BuildObject, buildMetadata: readonly string[]): void {
  const node = object.live;
  const written = field(field(node, "metadata"), "annotations");
  if (written === undefined && !isNilOrEmpty(field(node, "metadata"))) return;
  const annotations = object.annotations();
  for (const key of annotations.keys()) if (buildAnnotations.has(key)) annotations.delete(key);
  if (!buildMetadata.includes("originAnnotations")) annotations.delete(originAnnotation);
  if (!buildMetadata.includes("transformerAnnotations")) annotations.delete(transformationsAnnotation);
  setMetadataMap(node, "annotations", annotations);
}
