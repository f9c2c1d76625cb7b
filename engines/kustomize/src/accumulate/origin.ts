import type { JsonObject } from "@eddy/core/json";
import { joinPath } from "@eddy/core/tree";
import { encodeNode, load, makeNode, nodeOf } from "@eddy/goyaml";
import { isObject } from "@eddy/core/json";
import { type BuildBudget, stepsPerByte } from "../budget.ts";
import { applyFieldSpec } from "../config/apply-field-spec.ts";
import { parseRepositoryUrl } from "../load/repository-url.ts";
import { setField } from "../node/set-field.ts";
import { originAnnotation, transformationsAnnotation } from "../resource/build-annotations.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { setMetadataMap } from "../resource/metadata.ts";

/** Where an object comes from, or who changed it, as `buildMetadata` writes it. */
export interface Origin {
  path?: string;
  repo?: string;
  ref?: string;
  configuredIn?: string;
  configuredBy?: { apiVersion?: string; kind?: string; name?: string; namespace?: string };
}

/** The origin of what is at a path of the kustomization of this origin. */
export function appendToOrigin(origin: Origin, path: string): Origin {
  const remote = parseRepositoryUrl(path);
  const { path: _path, ...rest } = origin;
  const joined = remote === undefined ? joinLexically(origin.path ?? "", path) : remote.path;
  return {
    ...(joined === "" ? {} : { path: joined }),
    ...rest,
    ...(remote === undefined ? {} : { repo: remote.repository, ref: remote.ref }),
  };
}

/** Go's `filepath.Join`: steps above the start stay. */
export function joinLexically(base: string, path: string): string {
  const clean = joinPath("", base, path);
  if (clean !== undefined) return clean;
  const parts: string[] = [];
  for (const part of `${base}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** The origin that a built-in generator or transformer of a kustomization has. */
export function builtInOrigin(origin: Origin, kustomizationFile: string, kind: string): Origin {
  const { repo, ref } = origin;
  return {
    ...(repo === undefined ? {} : { repo }),
    ...(ref === undefined ? {} : { ref }),
    configuredIn: joinLexically(origin.path ?? "", kustomizationFile),
    configuredBy: { apiVersion: "builtin", kind },
  };
}

/** The origin of what a plugin's configuration makes, told from the configuration's own origin. */
export function pluginOrigin(plugin: BuildObject): Origin | undefined {
  const own = originOf(plugin);
  if (own === undefined) return undefined;
  const { apiVersion, kind, name, namespace } = plugin;
  return {
    ...(own.repo === undefined ? {} : { repo: own.repo }),
    ...(own.ref === undefined ? {} : { ref: own.ref }),
    ...(own.path === undefined ? {} : { configuredIn: own.path }),
    configuredBy: { apiVersion, kind, name, ...(namespace === "" ? {} : { namespace }) },
  };
}

function originOf(object: BuildObject): Origin | undefined {
  const text = object.annotations().get(originAnnotation);
  if (text === undefined) return undefined;
  const value = load(text);
  return isObject(value) ? value : {};
}

function write(value: Origin | readonly Origin[]): string {
  const ordered = Array.isArray(value) ? value.map(inOrder) : inOrder(value as Origin);
  return encodeNode(nodeOf(ordered), { indent: 2, compactSequences: true });
}

function inOrder({ path, repo, ref, configuredIn, configuredBy }: Origin): JsonObject {
  const entries = Object.entries({ path, repo, ref, configuredIn, configuredBy });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== "")) as JsonObject;
}

/** Says on an object that was read from a file where that is. */
export function annotateOrigin(object: BuildObject, origin: Origin): void {
  const value = makeNode("scalar", "!!str", write(origin));
  applyFieldSpec(
    object.live,
    { path: "metadata/annotations", create: true },
    {
      set: (mapping) => setField(mapping, originAnnotation, value),
      createKind: "mapping",
      createTag: "!!map",
    },
  );
}

/** The text of an object's origin. */
export function originText(object: BuildObject): string | undefined {
  return object.annotations().get(originAnnotation);
}

/** Sets or removes the text of an object's origin. */
export function setOriginText(object: BuildObject, text: string | undefined): void {
  const annotations = object.annotations();
  if (text === undefined) annotations.delete(originAnnotation);
  else annotations.set(originAnnotation, text);
  setMetadataMap(object.live, "annotations", annotations);
}

/** Gives generated objects that have no origin yet the one of their generator. */
export function addOrigin(object: BuildObject, origin: Origin): void {
  if (originText(object) === undefined) setOriginText(object, write(origin));
}

/** Says on an object that a transformer touched it; one without origin takes the transformer for it. */
export function addTransformation(object: BuildObject, origin: Origin, budget: BuildBudget): void {
  if (originText(object) === undefined) {
    setOriginText(object, write(origin));
    return;
  }
  const annotations = object.annotations();
  const written = annotations.get(transformationsAnnotation) ?? "[]";
  // All of it is read and written again for each transformer.
  budget.step(2 * written.length * stepsPerByte);
  const known = load(written);
  const list = Array.isArray(known) ? (known.filter(isObject) as Origin[]) : [];
  annotations.set(transformationsAnnotation, write([...list, origin]));
  setMetadataMap(object.live, "annotations", annotations);
}
