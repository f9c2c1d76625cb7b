import { EddyError } from "@eddy/core/errors";
import { isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";

/** How deep schemas and objects may nest. */
export const maxDepth = 512;

/** The error for objects that nest too deep. */
export function tooDeep(): EddyError {
  return new EddyError("SCHEMA_TOO_DEEP", `walk object: nested deeper than ${maxDepth} levels`, { class: "terminal" });
}

/** A CEL rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** A schema, read once: what the walks ask of it, with references followed. */
export interface SchemaNode {
  readonly raw: JsonObject;
  /** Type names; int-or-string is `integer` and `string`, empty means any. */
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly preserve: boolean;
  readonly embedded: boolean;
  /** Whether keys that are not declared have a schema or are allowed. */
  readonly hasAdditional: boolean;
  readonly default: Json | undefined;
  readonly rules: readonly ValidationRule[];
  property(name: string): SchemaNode | undefined;
  propertyNames(): readonly string[];
  /** Schema of undeclared keys; undefined where there is none or they are just allowed. */
  readonly additional: SchemaNode | undefined;
  readonly items: SchemaNode | undefined;
  /** Nested schemas of a junctor. */
  nested(junctor: "allOf" | "anyOf" | "oneOf"): readonly SchemaNode[];
  readonly not: SchemaNode | undefined;
}

/** Follows a `$ref`. */
export type ResolveRef = (ref: string) => JsonObject | undefined;

/** Reads schemas as nodes, each once, when first asked for: cyclic references cost nothing. */
export class NodeReader {
  private readonly nodes = new Map<JsonObject, SchemaNode>();
  private readonly resolveRef: ResolveRef;

  constructor(resolveRef: ResolveRef) {
    this.resolveRef = resolveRef;
  }

  /** @throws EddyError SCHEMA_INVALID (terminal) for a `$ref` that leads nowhere. */
  read(raw: JsonObject): SchemaNode {
    const known = this.nodes.get(raw);
    if (known !== undefined) return known;
    const node = new LazyNode(this, this.resolve(raw));
    this.nodes.set(raw, node);
    return node;
  }

  private resolve(raw: JsonObject, hops = 0): JsonObject {
    const ref = refOf(raw);
    if (ref === undefined) return raw;
    const target = hops > maxDepth ? undefined : this.resolveRef(ref);
    if (target === undefined) {
      throw new EddyError("SCHEMA_INVALID", `resolve ${JSON.stringify(ref)}: no such schema`, { class: "terminal" });
    }
    const resolved = this.resolve(target, hops + 1);
    return raw.default === undefined ? resolved : { ...resolved, default: raw.default };
  }
}

function refOf(raw: JsonObject): string | undefined {
  if (typeof raw.$ref === "string") return raw.$ref;
  const [only] = Array.isArray(raw.allOf) && raw.allOf.length === 1 ? raw.allOf : [];
  return isObject(only) && typeof only.$ref === "string" ? only.$ref : undefined;
}

function typesOf(raw: JsonObject): string[] {
  if (raw["x-kubernetes-int-or-string"] === true || raw.format === "int-or-string") return ["integer", "string"];
  return typeof raw.type === "string" && raw.type !== "" ? [raw.type] : [];
}

const noSchemas: readonly SchemaNode[] = [];

class LazyNode implements SchemaNode {
  readonly raw: JsonObject;
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly preserve: boolean;
  readonly embedded: boolean;
  readonly hasAdditional: boolean;
  readonly default: Json | undefined;
  readonly rules: readonly ValidationRule[];
  private readonly reader: NodeReader;
  private readonly properties: JsonObject;
  private names: readonly string[] | undefined;

  constructor(reader: NodeReader, raw: JsonObject) {
    this.reader = reader;
    this.raw = raw;
    this.types = typesOf(raw);
    this.nullable = raw.nullable === true;
    this.preserve = raw["x-kubernetes-preserve-unknown-fields"] === true;
    this.embedded = raw["x-kubernetes-embedded-resource"] === true;
    this.hasAdditional = raw.additionalProperties !== undefined && raw.additionalProperties !== null;
    this.default = raw.default ?? undefined;
    const rules = raw["x-kubernetes-validations"];
    this.rules = Array.isArray(rules) ? (rules as unknown as ValidationRule[]) : [];
    this.properties = isObject(raw.properties) ? raw.properties : {};
  }

  property(name: string): SchemaNode | undefined {
    const raw = memberOf(this.properties, name);
    return isObject(raw) ? this.reader.read(raw) : undefined;
  }

  propertyNames(): readonly string[] {
    return (this.names ??= Object.keys(this.properties));
  }

  get additional(): SchemaNode | undefined {
    return isObject(this.raw.additionalProperties) ? this.reader.read(this.raw.additionalProperties) : undefined;
  }

  get items(): SchemaNode | undefined {
    return isObject(this.raw.items) ? this.reader.read(this.raw.items) : undefined;
  }

  get not(): SchemaNode | undefined {
    return isObject(this.raw.not) ? this.reader.read(this.raw.not) : undefined;
  }

  nested(junctor: "allOf" | "anyOf" | "oneOf"): readonly SchemaNode[] {
    const schemas = this.raw[junctor];
    return Array.isArray(schemas) ? schemas.filter(isObject).map((schema) => this.reader.read(schema)) : noSchemas;
  }
}
