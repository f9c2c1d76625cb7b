import { messageOf } from "@eddy/core/errors";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { type FileTree, joinPath } from "@eddy/core/tree";
import { dump, load } from "@eddy/goyaml";
import { BuildBudget, stepsPerByte } from "./budget.ts";
import { KustomizeError } from "./error.ts";
import { layerTree } from "./load/layer-tree.ts";
import { kustomizationShape } from "./model/kustomization.ts";
import { kustomizationFileNames } from "./model/read-kustomization.ts";
import { decodeShape } from "./model/shape.ts";
import { defaultBuildLimits, type KustomizationOverlay } from "./options.ts";
import type { BuildObject } from "./resource/build-object.ts";
import { setMetadataMap } from "./resource/metadata.ts";
import { readObjects } from "./resource/read-objects.ts";
import { OpenApiSchema } from "./schema/schema.ts";

function kustomizationFileIn(tree: FileTree, directory: string): string | undefined {
  const prefix = directory === "" ? "" : `${directory}/`;
  return kustomizationFileNames.map((name) => prefix + name).find((path) => tree.kindOf(path) !== undefined);
}

function directoryOf(tree: FileTree, path: string): string {
  const directory = joinPath("", path);
  if (directory !== undefined && tree.list(directory) !== undefined) return directory;
  throw new KustomizeError(`kustomization path not found: "${path}"`, { position: { file: path } });
}

/**
 * A tree in which the directory `path` has a kustomization file: `tree` itself where it has one, else one with a file that
 * lists every manifest below it, as Flux's controller generates it. Folders with a kustomization of their own are listed, not
 * entered. Source: fluxcd/pkg kustomize generator.
 * @throws KustomizeError where there is no such directory, and for files that hold no Kubernetes objects
 */
export function generateKustomization(
  tree: FileTree,
  path: string,
  budget: BuildBudget = new BuildBudget(defaultBuildLimits),
): FileTree {
  const directory = directoryOf(tree, path);
  if (kustomizationFileIn(tree, directory) !== undefined) return tree;
  const resources = scan(tree, directory, "", budget);
  const kustomization: JsonObject = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
  const prefix = directory === "" ? "" : `${directory}/`;
  // Kustomize refuses a kustomization that holds nothing.
  if (resources.length === 0) kustomization["namespace"] = "_placeholder";
  else kustomization["resources"] = resources;
  return layerTree(tree, { [`${prefix}kustomization.yaml`]: dump(kustomization) });
}

function scan(tree: FileTree, directory: string, relative: string, budget: BuildBudget): string[] {
  const resources: string[] = [];
  for (const name of tree.list(directory) ?? []) {
    const path = directory === "" ? name : `${directory}/${name}`;
    const own = relative === "" ? name : `${relative}/${name}`;
    if (tree.kindOf(path) === "directory") {
      if (kustomizationFileIn(tree, path) === undefined) resources.push(...scan(tree, path, own, budget));
      else resources.push(own);
    } else if (/\.ya?ml$/.test(name)) {
      requireObjects(tree, path, budget);
      resources.push(own);
    }
  }
  return resources;
}

function requireObjects(tree: FileTree, path: string, budget: BuildBudget): void {
  const bytes = tree.read(path);
  if (bytes === undefined)
    throw new KustomizeError(`read "${path}": there is no such file`, { position: { file: path } });
  budget.step(bytes.length * stepsPerByte);
  try {
    readObjects(new TextDecoder("utf-8", { fatal: true }).decode(bytes), path, { schema: new OpenApiSchema(), budget });
  } catch (cause) {
    const position = { file: path, ...(cause instanceof KustomizeError ? cause.position : {}) };
    // The file is named already.
    const text = messageOf(cause).replace(` in File: ${path}`, "");
    throw new KustomizeError(`failed to decode Kubernetes YAML from ${path}: ${text}`, { position, cause });
  }
}

/**
 * A tree in which the kustomization at `path`, generated where there is none, has the overlay's fields merged into it. Fields
 * of that file that no kustomization has are dropped, as Flux's controller drops them by writing the file anew; the command
 * refuses them, and a file that is empty, which is one without resources here.
 * `commonMetadata` is not among them: it is set on what the build gives.
 * @throws KustomizeError as {@link generateKustomization}, and for a kustomization file that is no mapping
 */
export function overlayKustomization(
  tree: FileTree,
  path: string,
  overlay: KustomizationOverlay,
  budget: BuildBudget = new BuildBudget(defaultBuildLimits),
): FileTree {
  const generated = generateKustomization(tree, path, budget);
  const directory = directoryOf(generated, path);
  const file = kustomizationFileIn(generated, directory) ?? "";
  const value = load(new TextDecoder().decode(generated.read(file)), { file });
  if (value !== null && !isObject(value))
    throw new KustomizeError("invalid Kustomization: it is no mapping", { position: { file } });
  const options = { what: "invalid Kustomization", file, strict: false };
  const known = (decodeShape(value ?? {}, kustomizationShape, options) ?? {}) as JsonObject;
  const isGenerated = generated !== tree;
  const merged = mergeOverlay(isGenerated ? known : withContent(known), overlay, (component) => {
    const target = joinPath(directory, component);
    return target !== undefined && generated.list(target) !== undefined;
  });
  return layerTree(generated, { [file]: dump(merged) });
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

// Kustomize refuses a file that is empty, or has nothing but keys that nobody knows. What upstream writes against that is in the way of
// the file's own build metadata, and annotates the objects of generators and components.
function withContent(file: JsonObject): JsonObject {
  return listOf(file["resources"]).length > 0 ? file : { ...file, buildMetadata: ["originAnnotations"] };
}

function mergeOverlay(
  file: JsonObject,
  overlay: KustomizationOverlay,
  exists: (component: string) => boolean,
): JsonObject {
  const merged: JsonObject = { ...file };
  if (overlay.targetNamespace) merged["namespace"] = overlay.targetNamespace;
  if (overlay.namePrefix) merged["namePrefix"] = overlay.namePrefix;
  if (overlay.nameSuffix) merged["nameSuffix"] = overlay.nameSuffix;
  if (overlay.patches?.length)
    merged["patches"] = [...listOf(file["patches"]), ...(overlay.patches as unknown as Json[])];
  const isRemote = (component: string): boolean => component.includes("://");
  const components = (overlay.components ?? []).filter(
    (component) => !overlay.ignoreMissingComponents || isRemote(component) || exists(component),
  );
  if (components.length > 0) merged["components"] = [...listOf(file["components"]), ...components];
  if (overlay.images?.length) merged["images"] = mergeImages(listOf(file["images"]), overlay.images);
  if (overlay.buildMetadata?.length) merged["buildMetadata"] = [...overlay.buildMetadata];
  return merged;
}

function mergeImages(known: readonly Json[], images: NonNullable<KustomizationOverlay["images"]>): Json[] {
  const merged = [...known];
  for (const image of images) {
    const index = merged.findIndex((other) => isObject(other) && other["name"] === image.name);
    if (index < 0) merged.push({ ...image });
    else merged[index] = { ...(merged[index] as JsonObject), ...image };
  }
  return merged;
}

/** Sets labels and annotations on built objects, whatever they had. */
export function setCommonMetadata(
  objects: readonly BuildObject[],
  { labels = {}, annotations = {} }: NonNullable<KustomizationOverlay["commonMetadata"]>,
): void {
  for (const object of objects) {
    if (Object.keys(labels).length > 0)
      setMetadataMap(object.live, "labels", new Map([...object.labels(), ...Object.entries(labels)]));
    if (Object.keys(annotations).length > 0) {
      setMetadataMap(object.live, "annotations", new Map([...object.annotations(), ...Object.entries(annotations)]));
    }
  }
}
