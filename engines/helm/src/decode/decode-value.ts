import { compareText, isObject, memberOf, setMember, type Json, type JsonObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import { HelmError } from "../error.ts";
import { formatFloat32 } from "./format-float32.ts";
import { formatGoType, type GoStruct, type GoType } from "./go-type.ts";

/**
 * Reads YAML into a struct as sigs.k8s.io/yaml does: names match in any case, unknown ones are dropped, numbers and booleans become
 * text where text is wanted, absent fields are absent.
 * @throws HelmError (terminal) in upstream's words
 */
export function decodeYaml(text: string, type: GoStruct, file?: string): JsonObject {
  return decodeValue(loadYaml(text, file), type);
}

/**
 * YAML as JSON. @throws HelmError that begins with `error converting YAML to JSON`
 */
export function loadYaml(text: string, file?: string): Json {
  try {
    return load(text, file === undefined ? {} : { file });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const position = "position" in cause ? (cause.position as { line?: number }) : {};
    throw new HelmError(`error converting YAML to JSON: ${cause.message}`, { cause, position });
  }
}

/**
 * Decodes JSON data into a struct, as {@link decodeYaml} does.
 * @throws HelmError that begins with `error unmarshaling JSON`
 */
export function decodeValue(value: Json, type: GoStruct): JsonObject {
  const decoder = new Decoder();
  const decoded = decoder.decode(value, type);
  if (decoder.problem !== undefined)
    throw new HelmError(`error unmarshaling JSON: while decoding JSON: ${decoder.problem}`);
  return isObject(decoded) ? decoded : {};
}

/** Go goes on after a wrong type, and tells the first. */
class Decoder {
  problem: string | undefined;
  private readonly path: string[] = [];
  private structName: string | undefined;

  decode(value: Json | undefined, type: GoType): Json | undefined {
    if (value === null || value === undefined) return type.kind === "any" || isPointer(type) ? null : undefined;
    switch (type.kind) {
      case "any":
        return value;
      case "string":
        return this.text(value);
      case "bool":
        return typeof value === "boolean" ? value : this.refuse(value, type);
      case "slice":
        return Array.isArray(value)
          ? value.map((item) => this.decode(item, type.of) ?? zeroOf(type.of))
          : this.refuse(value, type);
      case "map":
        return isObject(value) ? this.map(value, type.of) : this.refuse(value, type);
      case "struct":
        return isObject(value) ? this.struct(value, type) : this.refuse(value, type);
    }
  }

  private text(value: Json): Json | undefined {
    if (typeof value === "string") return value;
    if (typeof value === "boolean" || typeof value === "bigint") return String(value);
    if (typeof value === "number")
      return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? String(BigInt(value)) : formatFloat32(value);
    return this.refuse(value, { kind: "string" });
  }

  private map(object: JsonObject, of: GoType): JsonObject {
    const decoded: JsonObject = {};
    for (const key of Object.keys(object).sort(compareText)) {
      setMember(decoded, key, this.decode(object[key], of) ?? zeroOf(of));
    }
    return decoded;
  }

  private struct(object: JsonObject, type: GoStruct): JsonObject {
    const decoded: JsonObject = {};
    const outer = this.structName;
    for (const name of Object.keys(object).sort(compareText)) {
      const found = fieldOf(type, name);
      if (found === undefined) continue;
      this.structName = type.name;
      this.path.push(found.name);
      const value = this.decode(object[name], found.field.type);
      this.path.pop();
      if (value !== undefined) decoded[found.field.key] = value;
    }
    this.structName = outer;
    return decoded;
  }

  private refuse(value: Json, type: GoType): undefined {
    const where =
      this.structName === undefined
        ? `Go value of type ${formatGoType(type).replace(/^\*/, "")}`
        : `Go struct field ${this.structName}.${this.path.join(".")} of type ${formatGoType(type).replace(/^\*/, "")}`;
    this.problem ??= `json: cannot unmarshal ${jsonKind(value)} into ${where}`;
    return undefined;
  }
}

function isPointer(type: GoType): boolean {
  return type.kind === "struct" && type.pointer === true;
}

function zeroOf(type: GoType): Json {
  if (type.kind === "string") return "";
  if (type.kind === "bool") return false;
  return type.kind === "struct" && type.pointer !== true ? {} : null;
}

function fieldOf(type: GoStruct, name: string): { name: string; field: GoStruct["fields"][string] } | undefined {
  if (Object.hasOwn(type.fields, name)) return { name, field: type.fields[name] as GoStruct["fields"][string] };
  const folded = name.toLowerCase();
  const known = Object.keys(type.fields).find((candidate) => candidate.toLowerCase() === folded);
  return known === undefined ? undefined : { name: known, field: type.fields[known] as GoStruct["fields"][string] };
}

function jsonKind(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "number";
  return typeof value;
}

/** A text member of decoded data, "" where it is absent. */
export function textOf(object: JsonObject, key: string): string {
  const value = memberOf(object, key);
  return typeof value === "string" ? value : "";
}
