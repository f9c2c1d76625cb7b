import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { EddyError } from "@eddy/core/errors";
import { deducedType, untypedAtomic, untypedScalar, type FieldType, type MergeType } from "./merge-type.ts";

/** Finds the schema of a `$ref`, given as it stands (`#/components/schemas/io.k8s.api.core.v1.PodSpec`), or undefined. */
export type ResolveRef = (ref: string) => JsonObject | undefined;

/** Options of {@link mergeTypeOf}. */
export interface MergeTypeOfOptions {
  /** The CRD's `spec.preserveUnknownFields` of old: every object keeps unknown fields. */
  preserveUnknownFields?: boolean;
  /** Types built before, by `$ref`; pass one map for all kinds of a document to build shared types once. */
  known?: Map<string, MergeType>;
}

const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const rawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension";
const maxDepth = 512;

/**
 * How values of an OpenAPI v3 or structural schema merge: `x-kubernetes-list-type`, `-list-map-keys`, `-map-type`, or where absent
 * patch strategy and merge key; free-form objects are deduced; Quantity and RawExtension are special; `allOf` with one `$ref` is
 * that `$ref`, and a map type beside it overrides it. Source: kube-openapi `schemaconv`.
 * @throws EddyError SCHEMA_INVALID (terminal) for a `$ref` that does not resolve, an unknown list or map type, or endless nesting.
 */
export function mergeTypeOf(schema: JsonObject, resolveRef: ResolveRef, options: MergeTypeOfOptions = {}): MergeType {
  const build = new Build(resolveRef, options.known ?? new Map<string, MergeType>());
  return build.typeOf(schema, options.preserveUnknownFields ?? false, 0);
}

type Mutable = { -readonly [Member in keyof MergeType]: MergeType[Member] };

function invalid(message: string): EddyError {
  return new EddyError("SCHEMA_INVALID", message, { class: "terminal" });
}

class Build {
  private readonly resolveRef: ResolveRef;
  private readonly known: Map<string, MergeType>;

  constructor(resolveRef: ResolveRef, known: Map<string, MergeType>) {
    this.resolveRef = resolveRef;
    this.known = known;
  }

  /** The type of a schema or of what it refers to. */
  typeOf(schema: JsonObject, preserve: boolean, depth: number): MergeType {
    if (depth > maxDepth) throw invalid(`build merge type: nested deeper than ${maxDepth} levels`);
    const ref = refOf(schema);
    if (ref === undefined) return this.inline(schema, preserve, depth);
    const type = this.named(ref, depth);
    const relation = mapRelation(schema);
    return relation === undefined ? type : this.overridden(ref, type, relation);
  }

  private named(ref: string, depth: number): MergeType {
    const known = this.known.get(ref);
    if (known !== undefined) return known;
    const name = ref.slice(ref.lastIndexOf("/") + 1);
    if (name === quantity) return untypedScalar;
    if (name === rawExtension) return untypedAtomic;
    const schema = this.resolveRef(ref);
    if (schema === undefined) throw invalid(`resolve ${JSON.stringify(ref)}: no such schema`);
    const type: Mutable = {};
    this.known.set(ref, type);
    return Object.assign(type, this.typeOf(schema, false, depth + 1));
  }

  private overridden(ref: string, type: MergeType, relation: "atomic" | "granular"): MergeType {
    const atomic = relation === "atomic";
    const key = `${ref} ${relation}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    // The named type may still be under construction, so its members are read late.
    const result: MergeType = {
      get scalar() {
        return type.scalar;
      },
      get map() {
        return type.map === undefined ? undefined : { ...type.map, atomic };
      },
      get list() {
        return type.map === undefined && type.list !== undefined ? { ...type.list, atomic } : type.list;
      },
    } as MergeType;
    this.known.set(key, result);
    return result;
  }

  private inline(schema: JsonObject, preserveAbove: boolean, depth: number): MergeType {
    const preserve = preserveAbove || schema["x-kubernetes-preserve-unknown-fields"] === true;
    switch (schema.type) {
      case "object":
        return { map: this.mapOf(schema, preserve, depth) };
      case "array":
        return { list: this.listOf(schema, preserve, depth) };
      case "integer":
      case "number":
        return { scalar: "numeric" };
      case "boolean":
        return { scalar: "boolean" };
      case "string":
        return schema.format === undefined || schema.format === "" || schema.format === "byte"
          ? { scalar: "string" }
          : untypedScalar;
      case undefined:
      case "":
        return {
          scalar: "untyped",
          list: this.listOf(schema, preserve, depth),
          map: this.mapOf(schema, preserve, depth),
        };
      default:
        throw invalid(`build merge type: unrecognized type ${JSON.stringify(schema.type)}`);
    }
  }

  private mapOf(schema: JsonObject, preserve: boolean, depth: number): NonNullable<MergeType["map"]> {
    const fields = new Map<string, FieldType>();
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const name in properties) {
      const property = properties[name];
      if (!isObject(property)) continue;
      const type = this.typeOf(property, preserve, depth + 1);
      fields.set(name, property.default === undefined ? { type } : { type, default: property.default });
    }
    const element = this.elementOf(schema.additionalProperties, fields.size === 0 || preserve, preserve, depth);
    const deduced = fields.size === 0 && (element === deducedType || element?.scalar === "untyped");
    return { atomic: mapRelation(schema) === "atomic", fields, element, deduced };
  }

  private elementOf(
    additional: Json | undefined,
    isOpen: boolean,
    preserve: boolean,
    depth: number,
  ): MergeType | undefined {
    if (isObject(additional)) return this.typeOf(additional, preserve, depth + 1);
    if (additional === undefined) return isOpen ? deducedType : undefined;
    return additional === true ? deducedType : undefined;
  }

  private listOf(schema: JsonObject, preserve: boolean, depth: number): NonNullable<MergeType["list"]> {
    const item = isObject(schema.items) ? this.typeOf(schema.items, preserve, depth + 1) : untypedAtomic;
    const keys = listKeys(schema);
    return keys === undefined ? { atomic: true, keys: [], item } : { atomic: false, keys, item };
  }
}

function refOf(schema: JsonObject): string | undefined {
  if (typeof schema.$ref === "string") return schema.$ref;
  const all = schema.allOf;
  const [only] = Array.isArray(all) && all.length === 1 ? all : [];
  return isObject(only) && typeof only.$ref === "string" ? only.$ref : undefined;
}

function mapRelation(schema: JsonObject): "atomic" | "granular" | undefined {
  const relation = schema["x-kubernetes-map-type"];
  if (relation === undefined || relation === "atomic" || relation === "granular") return relation;
  throw invalid(`build merge type: unknown map type ${JSON.stringify(relation)}`);
}

/** Sorted key names of an associative list (none for a set), or undefined for an atomic one. */
function listKeys(schema: JsonObject): string[] | undefined {
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== undefined) return keysOfListType(listType, schema["x-kubernetes-list-map-keys"]);
  const strategy = schema["x-kubernetes-patch-strategy"];
  switch (strategy) {
    case "merge":
    case "merge,retainKeys": {
      const key = schema["x-kubernetes-patch-merge-key"];
      return typeof key === "string" ? [key] : [];
    }
    case undefined:
    case "retainKeys":
      return undefined;
    default:
      throw invalid(`build merge type: unknown patch strategy ${JSON.stringify(strategy)}`);
  }
}

function keysOfListType(listType: Json, keys: Json | undefined): string[] | undefined {
  if (listType === "atomic") return undefined;
  if (listType === "set") return [];
  if (listType !== "map") throw invalid(`build merge type: unknown list type ${JSON.stringify(listType)}`);
  if (!Array.isArray(keys)) throw invalid("build merge type: list type map without x-kubernetes-list-map-keys");
  return keys.filter((key) => typeof key === "string").sort();
}

/**
 * The type of a custom resource: its structural schema with `apiVersion`, `kind` and the typed `metadata` of every object put in,
 * or a free-form object where the version has no schema. Source: apiextensions-apiserver `controller/openapi/builder`.
 */
export function customResourceType(
  schema: JsonObject | undefined,
  metadata: MergeType,
  options: MergeTypeOfOptions = {},
): MergeType {
  const none: ResolveRef = () => undefined;
  const built = schema === undefined ? { map: deducedType.map } : mergeTypeOf(schema, none, options);
  const fields = new Map(built.map?.fields);
  fields.set("apiVersion", { type: { scalar: "string" } });
  fields.set("kind", { type: { scalar: "string" } });
  fields.set("metadata", { type: metadata });
  return { map: { atomic: built.map?.atomic ?? false, fields, element: built.map?.element, deduced: false } };
}
