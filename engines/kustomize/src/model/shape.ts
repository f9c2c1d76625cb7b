import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { KustomizeError } from "../error.ts";

/** What a field holds; a struct names its fields. */
export type Shape =
  | "string"
  | "integer"
  | "boolean"
  | "any"
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly struct: Readonly<Record<string, Shape>>; readonly name: string };

/** Options of {@link decodeShape}. */
export interface DecodeShapeOptions {
  /** Put before every message, such as `invalid Kustomization`. */
  what: string;
  file: string;
  /** Refuse fields that the struct does not have. */
  strict: boolean;
}

/**
 * Reads JSON into a shape as Go's `encoding/json` reads it into a struct: names match without regard to case, null leaves a
 * field unset, wrong types are refused in Go's words.
 * @throws KustomizeError with the field
 */
export function decodeShape(value: Json, shape: Shape, options: DecodeShapeOptions): unknown {
  return decodeValue(value, shape, { ...options, path: "" });
}

interface Context extends DecodeShapeOptions {
  path: string;
}

function decodeValue(value: Json | undefined, shape: Shape, context: Context): unknown {
  if (value === null || value === undefined) return undefined;
  if (shape === "any") return value;
  if (typeof shape === "string") return decodeScalar(value, shape, context);
  if ("list" in shape) {
    if (!Array.isArray(value)) throw mismatch(value, `[]${goType(shape.list)}`, context);
    return value.map(
      (item, index) =>
        decodeValue(item, shape.list, { ...context, path: `${context.path}[${index}]` }) ?? zero(shape.list),
    );
  }
  if (!isObject(value)) throw mismatch(value, goType(shape), context);
  if ("map" in shape) {
    const entries = Object.entries(value).map(([key, member]) => {
      return [key, decodeValue(member, shape.map, below(context, key)) ?? zero(shape.map)] as const;
    });
    return Object.fromEntries(entries);
  }
  return decodeStruct(value, shape, context);
}

function decodeScalar(value: Json, shape: "string" | "integer" | "boolean", context: Context): unknown {
  if (shape === "string" && typeof value === "string") return value;
  if (shape === "boolean" && typeof value === "boolean") return value;
  if (shape === "integer" && typeof value === "bigint") return Number(value);
  if (shape === "integer" && typeof value === "number" && Number.isInteger(value)) return value;
  throw mismatch(value, goType(shape), context);
}

function decodeStruct(value: JsonObject, shape: Extract<Shape, { struct: unknown }>, context: Context): unknown {
  const names = caseFolded(shape.struct);
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = Object.hasOwn(shape.struct, key) ? key : names.get(key.toLowerCase());
    if (name === undefined) {
      if (!context.strict) continue;
      throw new KustomizeError(`${context.what}: json: unknown field ${JSON.stringify(key)}`, {
        position: { file: context.file, field: below(context, key).path },
      });
    }
    const decoded = decodeValue(member, shape.struct[name] ?? "any", below(context, name));
    if (decoded !== undefined) result[name] = decoded;
  }
  return result;
}

const foldedNames = new WeakMap<object, Map<string, string>>();

function caseFolded(struct: Readonly<Record<string, Shape>>): Map<string, string> {
  const known = foldedNames.get(struct);
  if (known !== undefined) return known;
  const names = new Map(Object.keys(struct).map((name) => [name.toLowerCase(), name]));
  foldedNames.set(struct, names);
  return names;
}

function below(context: Context, key: string): Context {
  return { ...context, path: context.path === "" ? key : `${context.path}.${key}` };
}

function zero(shape: Shape): unknown {
  if (shape === "string") return "";
  if (shape === "integer") return 0;
  if (shape === "boolean") return false;
  if (shape === "any") return null;
  return "list" in shape ? [] : {};
}

function goType(shape: Shape): string {
  if (shape === "integer") return "int64";
  if (shape === "boolean") return "bool";
  if (shape === "any") return "interface {}";
  if (typeof shape === "string") return shape;
  if ("list" in shape) return `[]${goType(shape.list)}`;
  return "map" in shape ? `map[string]${goType(shape.map)}` : `types.${shape.name}`;
}

function mismatch(value: Json, wanted: string, context: Context): KustomizeError {
  const got = Array.isArray(value) ? "array" : value !== null && typeof value === "object" ? "object" : typeof value;
  const word = got === "boolean" ? "bool" : got === "bigint" ? "number" : got;
  const where = context.path === "" ? "" : `Go struct field ${context.path} of type `;
  const text = where === "" ? `Go value of type ${wanted}` : `${where}${wanted}`;
  return new KustomizeError(`${context.what}: json: cannot unmarshal ${word} into ${text}`, {
    position: { file: context.file, field: context.path },
  });
}
