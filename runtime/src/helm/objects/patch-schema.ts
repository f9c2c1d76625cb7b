import { isObject, type JsonObject } from "@eddy/core/json";
import { gvkOf, type GroupVersionKind, type KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

/** How a field is patched: as the type says that it is part of. */
export interface FieldRule {
  /** `merge`: a list is merged item by item; otherwise it is replaced. */
  readonly merges: boolean;
  /** Which keys of a map stay is said with the patch. */
  readonly retainsKeys: boolean;
  /** "" for lists of scalars. */
  readonly mergeKey: string;
  /** Of the value, or of a list's items; undefined: nothing is known of it. */
  readonly schema: PatchSchema | undefined;
}

/** What is known of a map's fields. */
export interface PatchSchema {
  field(key: string): FieldRule | undefined;
}

type Schemas = Readonly<Record<string, JsonObject>>;

const documents = new WeakMap<KubeClient, Map<string, Promise<Schemas>>>();
const kindKey = "x-kubernetes-group-version-kind";
const strategyKey = "x-kubernetes-patch-strategy";
const mergeKeyKey = "x-kubernetes-patch-merge-key";
/** Definitions of the server's own types; those of custom resources have no strategies. */
const builtIn = /^io\.k8s\.(api|apiextensions-apiserver)\./;

/**
 * The patch schema of a built-in kind, from the server's OpenAPI document, which is read once a client; undefined for a kind whose
 * type Helm does not know, which gets JSON merge patches.
 */
export async function patchSchemaOf(object: KubeObject, kube: KubeClient): Promise<PatchSchema | undefined> {
  const gvk = gvkOf(object);
  const path = `/openapi/v3/${gvk.group === "" ? "api" : `apis/${gvk.group}`}/${gvk.version}`;
  const known = documents.get(kube) ?? new Map<string, Promise<Schemas>>();
  documents.set(kube, known);
  const reading = known.get(path) ?? readSchemas(path, kube);
  known.set(path, reading);
  reading.catch(() => known.delete(path));
  const schemas = await reading;
  const entry = Object.entries(schemas).find(([name, schema]) => builtIn.test(name) && isOf(schema, gvk));
  return entry && schemaOf(entry[1], schemas);
}

async function readSchemas(path: string, kube: KubeClient): Promise<Schemas> {
  const { status, body } = await kube.raw("GET", path);
  if (status !== 200) return {};
  const document: unknown = JSON.parse(body);
  const components = isObject(document) && isObject(document["components"]) ? document["components"] : {};
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {};
  // Descriptions and plain fields are nine tenths of a document that stays as long as the client.
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => (isObject(schema) ? [[name, prune(schema)]] : [])),
  );
}

const told = ["$ref", "allOf", kindKey, strategyKey, mergeKeyKey] as const;

/** A schema with what patches depend on alone. Pure. */
export function prune(schema: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const key of told) if (schema[key] !== undefined) kept[key] = schema[key];
  if (isObject(schema["items"])) kept["items"] = prune(schema["items"]);
  if (isObject(schema["properties"])) {
    const fields = Object.entries(schema["properties"]).map(([key, field]): [string, JsonObject] => [
      key,
      isObject(field) ? prune(field) : {},
    ]);
    kept["properties"] = Object.fromEntries(fields.filter(([, field]) => Object.keys(field).length > 0));
  }
  return kept;
}

function isOf(schema: JsonObject, { group, version, kind }: GroupVersionKind): boolean {
  const kinds = schema[kindKey];
  if (!Array.isArray(kinds)) return false;
  return kinds.some(
    (entry) => isObject(entry) && entry["group"] === group && entry["version"] === version && entry["kind"] === kind,
  );
}

/** Reads strategies and merge keys from an OpenAPI schema; references are followed in `schemas`. */
export function schemaOf(schema: JsonObject, schemas: Schemas): PatchSchema | undefined {
  const own = resolve(schema, schemas);
  if (!isObject(own["properties"])) return undefined;
  const properties = own["properties"];
  return {
    field(key) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (!isObject(property)) return undefined;
      const strategies = String(property[strategyKey] ?? "").split(",");
      const resolved = resolve(property, schemas);
      const value = isObject(resolved["items"]) ? resolved["items"] : resolved;
      return {
        merges: strategies.includes("merge"),
        retainsKeys: strategies.includes("retainKeys"),
        mergeKey: String(property[mergeKeyKey] ?? ""),
        schema: schemaOf(value, schemas),
      };
    },
  };
}

function resolve(schema: JsonObject, schemas: Schemas): JsonObject {
  const [first] = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
  const ref = schema["$ref"] ?? (isObject(first) ? first["$ref"] : undefined);
  if (typeof ref !== "string") return schema;
  return schemas[ref.slice(ref.lastIndexOf("/") + 1)] ?? {};
}
