import { isObject, type JsonObject } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import { quoteGo } from "@eddy/core/go-text";
import type { ResolveRef } from "../typed/merge-type-of.ts";

/** What a strategic merge knows of a place: its schema and how to follow references. */
export interface PatchSchema {
  schema: JsonObject;
  resolveRef: ResolveRef;
  /** For messages: `PodSpec`. */
  name: string;
}

/** How a field is patched. */
export interface FieldMeta {
  /** Of the field's value; for a list, of its items. */
  schema: PatchSchema;
  strategy: "" | "merge" | "replace";
  /** "" for lists of scalars and lists that are replaced. */
  mergeKey: string;
}

function refOf(schema: JsonObject): string | undefined {
  if (typeof schema.$ref === "string") return schema.$ref;
  const [first] = Array.isArray(schema.allOf) ? schema.allOf : [];
  return isObject(first) && typeof first.$ref === "string" ? first.$ref : undefined;
}

/** The schema behind `$ref` or `allOf: [$ref]`. */
export function resolveSchema({ schema, resolveRef, name }: PatchSchema): PatchSchema {
  const ref = refOf(schema);
  if (ref === undefined) return { schema, resolveRef, name };
  const found = resolveRef(ref);
  if (found === undefined) throw new MergeError(500, `unable to resolve ${ref} in OpenAPI V3`);
  return resolveSchema({ schema: found, resolveRef, name: ref.slice(ref.lastIndexOf(".") + 1) });
}

/**
 * How the field of an object is patched, from `x-kubernetes-patch-strategy` and `-merge-key` beside the field.
 * @throws MergeError 500 for a field that the schema does not have, as the API server answers.
 */
export function fieldMetaOf(parent: PatchSchema, key: string): FieldMeta {
  const { schema, resolveRef, name } = resolveSchema(parent);
  const properties = isObject(schema.properties) ? schema.properties : undefined;
  const property = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (!isObject(property)) {
    throw new MergeError(500, `unable to find api field in struct ${name} for the json field ${quoteGo(key)}`);
  }
  const mergeKey = property["x-kubernetes-patch-merge-key"];
  return {
    schema: { schema: property, resolveRef, name: key },
    strategy: strategyOf(property["x-kubernetes-patch-strategy"]),
    mergeKey: typeof mergeKey === "string" ? mergeKey : "",
  };
}

/** As {@link fieldMetaOf}, with the schema of the list's items. */
export function listMetaOf(parent: PatchSchema, key: string): FieldMeta {
  const meta = fieldMetaOf(parent, key);
  const { schema, resolveRef, name } = resolveSchema(meta.schema);
  if (!isObject(schema.items)) throw new MergeError(500, "expected slice or array type, but got: struct");
  return { ...meta, schema: { schema: schema.items, resolveRef, name } };
}

/** `retainKeys` says only what `$retainKeys` in the patch says again, so the other strategy is what counts. */
function strategyOf(strategies: unknown): FieldMeta["strategy"] {
  const others = String(strategies ?? "")
    .split(",")
    .filter((strategy) => strategy !== "retainKeys");
  if (others.includes("merge")) return "merge";
  return others.includes("replace") ? "replace" : "";
}
