import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { fixedScopes, kubernetesData } from "./kubernetes-data.ts";

/** How one field merges, and which definition stands below it. */
export interface FieldSchema {
  /** Definition of the value. */
  readonly ref?: string;
  /** Definition of the elements of a list. */
  readonly items?: string;
  /** `merge`, `replace`, `retainKeys`, or several with commas. */
  readonly strategy?: string;
  readonly keys?: readonly string[];
}

/** Fields of a definition, by name; `*` stands for any other field. */
export type DefinitionSchema = Readonly<Record<string, FieldSchema>>;

/** The part of an OpenAPI document that merging needs. */
export interface SchemaData {
  readonly definitions: Readonly<Record<string, DefinitionSchema>>;
  /** `apiVersion/Kind` → definition. */
  readonly resources: Readonly<Record<string, string>>;
  readonly clusterScoped: readonly string[];
}

const fixedCluster: ReadonlySet<string> = new Set(fixedScopes.cluster);
const fixedNamespaced: ReadonlySet<string> = new Set(fixedScopes.namespaced);
const builtInCluster: ReadonlySet<string> = new Set(kubernetesData.clusterScoped);

/**
 * What a build knows of kinds: Kubernetes 1.21's, or those of an `openapi.path` file instead. The first file of a build wins,
 * and the root's beats all, as upstream's global schema works.
 */
export class OpenApiSchema {
  #custom: SchemaData | undefined;
  #customCluster: ReadonlySet<string> = new Set();
  /** Whether the built-in schema was asked before a custom one came; then both count. */
  #builtInUsed = false;
  /** Answers by apiVersion and kind. */
  readonly #scopes = new Map<string, Map<string, boolean>>();

  /** Takes the text of an `openapi.path` file; a second one is ignored. @throws KustomizeError for what is no OpenAPI document */
  useFile(text: string, file: string): void {
    if (this.#custom !== undefined) return;
    this.#custom = parseOpenApi(text, file);
    this.#customCluster = new Set(this.#custom.clusterScoped);
    this.#scopes.clear();
  }

  /** Whether objects of this kind certainly have no namespace. */
  isClusterScoped(apiVersion: string, kind: string): boolean {
    let kinds = this.#scopes.get(apiVersion);
    if (kinds === undefined) {
      kinds = new Map();
      this.#scopes.set(apiVersion, kinds);
    }
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const scope = this.#findScope(apiVersion, kind);
    kinds.set(kind, scope);
    return scope;
  }

  #findScope(apiVersion: string, kind: string): boolean {
    const key = `${apiVersion}/${kind}`;
    if (fixedCluster.has(key)) return true;
    if (fixedNamespaced.has(key)) return false;
    if (this.#custom === undefined) this.#builtInUsed = true;
    if (this.#customCluster.has(key)) return true;
    return this.#builtInUsed && builtInCluster.has(key);
  }

  /** The definition of a kind, or undefined where lists are to be replaced throughout. */
  definitionOf(apiVersion: string, kind: string): DefinitionSchema | undefined {
    const key = `${apiVersion}/${kind}`;
    if (this.#custom === undefined) this.#builtInUsed = true;
    const custom = this.#custom?.resources[key];
    if (custom !== undefined) return this.definition(custom);
    const builtIn = this.#builtInUsed ? kubernetesData.resources[key] : undefined;
    return builtIn === undefined ? undefined : this.definition(builtIn);
  }

  /** A definition by name. */
  definition(name: string | undefined): DefinitionSchema | undefined {
    if (name === undefined) return undefined;
    const custom = this.#custom?.definitions[name];
    if (custom !== undefined) return custom;
    return this.#builtInUsed ? kubernetesData.definitions[name] : undefined;
  }
}

/** The schema of a field of a definition, or undefined. */
export function fieldOf(definition: DefinitionSchema | undefined, name: string): FieldSchema | undefined {
  if (definition === undefined) return undefined;
  if (Object.hasOwn(definition, name)) return definition[name];
  return definition["*"];
}

/** Reads definitions, kinds and scopes out of an OpenAPI v2 document in JSON or YAML. @throws KustomizeError */
export function parseOpenApi(text: string, file: string): SchemaData {
  const document = load(text, { file });
  if (!isObject(document))
    throw new KustomizeError(`read the schema "${file}": it is no OpenAPI document`, { position: { file } });
  const definitions: Record<string, DefinitionSchema> = {};
  const resources: Record<string, string> = {};
  for (const [name, definition] of Object.entries(objectOf(document["definitions"]))) {
    addDefinition(name, objectOf(definition), definitions);
    for (const gvk of gvksOf(objectOf(definition)["x-kubernetes-group-version-kind"])) resources[gvk] = name;
  }
  return { definitions, resources, clusterScoped: clusterScopedOf(objectOf(document["paths"])) };
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function addDefinition(name: string, definition: JsonObject, definitions: Record<string, DefinitionSchema>): void {
  const fields: Record<string, FieldSchema> = {};
  for (const [field, property] of Object.entries(objectOf(definition["properties"]))) {
    fields[field] = fieldSchema(objectOf(property), `${name}/${field}`, definitions);
  }
  if (isObject(definition["additionalProperties"])) {
    fields["*"] = fieldSchema(definition["additionalProperties"], `${name}/*`, definitions);
  }
  definitions[name] = fields;
}

function fieldSchema(property: JsonObject, path: string, definitions: Record<string, DefinitionSchema>): FieldSchema {
  const ref = refOf(property, path, definitions);
  const items =
    property["type"] === "array" ? refOf(objectOf(property["items"]), `${path}/[]`, definitions) : undefined;
  const strategy = property["x-kubernetes-patch-strategy"];
  const listKeys = property["x-kubernetes-list-map-keys"];
  const mergeKey = property["x-kubernetes-patch-merge-key"];
  const keys = Array.isArray(listKeys) ? listKeys.map(String) : typeof mergeKey === "string" ? [mergeKey] : [];
  return {
    ...(ref === undefined ? {} : { ref }),
    ...(items === undefined ? {} : { items }),
    ...(typeof strategy === "string" ? { strategy, keys } : {}),
  };
}

/** The name of the definition that a property points to; one without `$ref` gets a definition of its own. */
function refOf(property: JsonObject, path: string, definitions: Record<string, DefinitionSchema>): string | undefined {
  const ref = property["$ref"];
  if (typeof ref === "string") return ref.slice(ref.lastIndexOf("/") + 1);
  if (property["properties"] === undefined && !isObject(property["additionalProperties"])) return undefined;
  addDefinition(path, property, definitions);
  return path;
}

function gvksOf(value: Json | undefined): string[] {
  const entries = Array.isArray(value) ? value : isObject(value) ? [value] : [];
  const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
  return entries.filter(isObject).map(({ group, version, kind }) => {
    return `${text(group) === "" ? "" : `${text(group)}/`}${text(version)}/${text(kind)}`;
  });
}

function clusterScopedOf(paths: JsonObject): string[] {
  const namespaced = new Set<string>();
  const seen = new Set<string>();
  for (const [path, item] of Object.entries(paths)) {
    const [gvk] = gvksOf(objectOf(objectOf(item)["get"])["x-kubernetes-group-version-kind"]);
    if (gvk === undefined) continue;
    seen.add(gvk);
    if (path.includes("namespaces/{namespace}")) namespaced.add(gvk);
  }
  return [...seen].filter((gvk) => !namespaced.has(gvk));
}
